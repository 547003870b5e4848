import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { invariant } from '@clair/model';

/** What the server does with one request, instead of answering well. */
export type Fault = { readonly status: number } | { readonly cutAfterBytes: number } | 'hang';

export interface Page {
  readonly body: string | Uint8Array;
  readonly etag?: string;
  readonly lastModified?: string;
  /** One for each of the next requests; the last one for all that follow when `faultForEver`. */
  readonly faults?: Fault[];
  readonly faultForEver?: Fault;
}

export interface SeenRequest {
  readonly path: string;
  readonly status: number;
  readonly range: string | undefined;
}

/** A web server on loopback with pages that a test may change: ETag, Last-Modified, Range, and trouble. */
export interface FeedServer {
  readonly url: string;
  readonly pages: Map<string, Page>;
  readonly seen: SeenRequest[];
  close(): Promise<void>;
}

export async function serveFeeds(pages: Record<string, Page> = {}): Promise<FeedServer> {
  const known = new Map(Object.entries(pages));
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const { range } = request.headers;
    response.on('close', () => seen.push({ path, status: response.statusCode, range }));
    answer(known.get(path), request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Safety: a server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    pages: known,
    seen,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function answer(page: Page | undefined, request: IncomingMessage, response: ServerResponse): void {
  if (page === undefined) {
    response.writeHead(404).end('no such page');
    return;
  }
  const fault = page.faults?.shift() ?? page.faultForEver;
  if (fault === 'hang') return;
  if (fault !== undefined && 'status' in fault) {
    response.writeHead(fault.status).end('trouble');
    return;
  }
  const { etag, lastModified } = page;
  const validators = { ...(etag && { etag }), ...(lastModified && { 'last-modified': lastModified }) };
  const { headers } = request;
  const isSame =
    (etag !== undefined && headers['if-none-match'] === etag) ||
    (lastModified !== undefined && headers['if-modified-since'] === lastModified);
  if (isSame) {
    response.writeHead(304, validators).end();
    return;
  }
  sendBody(Buffer.from(page.body), { headers: validators, fault, range: headers.range }, response);
}

interface BodyOptions {
  readonly headers: Record<string, string>;
  readonly fault: { readonly cutAfterBytes: number } | undefined;
  readonly range: string | undefined;
}

function sendBody(body: Buffer, { headers, fault, range }: BodyOptions, response: ServerResponse): void {
  const start = range === undefined ? 0 : Number(/^bytes=(\d+)-$/.exec(range)?.[1]);
  invariant(Number.isInteger(start), `a range this server does not know: ${range}`);
  const rest = body.subarray(start);
  const contentRange = { 'content-range': `bytes ${start}-${body.length - 1}/${body.length}` };
  response.writeHead(range === undefined ? 200 : 206, {
    ...headers,
    ...(range !== undefined && contentRange),
    'content-length': rest.length,
  });
  if (fault === undefined) response.end(rest);
  else response.write(rest.subarray(0, fault.cutAfterBytes), () => setTimeout(() => response.destroy(), 20));
}
