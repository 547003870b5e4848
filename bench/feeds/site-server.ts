import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import { pipeline, type Readable } from 'node:stream';

export interface SiteServer {
  readonly url: string;
  /** Bytes of bodies sent since the last call. */
  takeSentBytes(): number;
  /** From now on a file of this directory is served in place of one of the same path in the first. */
  overlay(directory: string | undefined): void;
  close(): Promise<void>;
}

/** A file up to this is sent at once: what is measured is the client, and this server should cost as little as may be. */
const READ_BYTES_MAX = 64 * 1024 * 1024;
const CHANGED_LATER_MS = 3_600_000;

/** A document that is made while it is sent, by path; larger than a disk should hold. */
export type StreamedDocuments = Readonly<Record<string, () => Readable>>;

/** What a vendor's web server does, on loopback: files with `Last-Modified`, 304 for what did not change, listings of directories. */
export async function serveSite(directory: string, streamed: StreamedDocuments = {}): Promise<SiteServer> {
  let sentBytes = 0;
  let over: string | undefined;
  let overlays = 0;
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://host').pathname));
    const stream = streamed[path]?.();
    if (stream !== undefined) return send(stream, response);
    const [file] = [over, directory]
      .flatMap((root) => (root === undefined ? [] : [join(root, path)]))
      .filter((one) => existsSync(one) && statSync(one).isFile());
    const folder = join(directory, path);
    if (file !== undefined) return sendFile(file, request, response);
    if (existsSync(folder)) return void response.end(listing(folder));
    response.writeHead(404).end('no such page');
  });
  const send = (body: Readable, response: ServerResponse): void => {
    body.on('data', (chunk: Buffer) => {
      sentBytes += chunk.length;
    });
    // A client that goes away ends the answer; there is nobody to tell.
    pipeline(body, response, () => {});
  };
  const sendFile = (file: string, request: IncomingMessage, response: ServerResponse): void => {
    const { mtimeMs, size } = statSync(file);
    // They may have been laid out within the same second.
    const isChanged = over !== undefined && file.startsWith(over);
    const lastModified = new Date(mtimeMs + (isChanged ? overlays * CHANGED_LATER_MS : 0)).toUTCString();
    if (request.headers['if-modified-since'] === lastModified) return void response.writeHead(304).end();
    response.setHeader('last-modified', lastModified);
    if (size > READ_BYTES_MAX) {
      send(createReadStream(file), response);
      return;
    }
    sentBytes += size;
    response.end(readFileSync(file));
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Safety: a server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    takeSentBytes() {
      const sent = sentBytes;
      sentBytes = 0;
      return sent;
    },
    overlay(directoryOver) {
      over = directoryOver;
      overlays += 1;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listing(directory: string): string {
  const names = readdirSync(directory, { withFileTypes: true }).map((one) => one.name + (one.isDirectory() ? '/' : ''));
  return `<html><body>${names.map((name) => `<a href="${name}">${name}</a>`).join('\n')}</body></html>`;
}
