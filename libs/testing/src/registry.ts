import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Blob, Image } from './image.ts';

/** What goes wrong with a path that ends in the key of {@link RegistryOptions.faults}. */
export type RegistryFault =
  | { readonly kind: 'status'; readonly status: number; readonly times?: number }
  /** The headers come, the body never does. */
  | { readonly kind: 'hang' }
  /** The connection is cut in the middle of the body. */
  | { readonly kind: 'truncate'; readonly bytes: number }
  /** Bytes that are not those of the digest: `bytes`, else as many as there should be and every bit turned over. */
  | { readonly kind: 'wrong-bytes'; readonly bytes?: Uint8Array }
  | { readonly kind: 'redirect'; readonly location: string };

export interface RegistryOptions {
  /** By `name:tag`; each is also there by its digest. */
  readonly images?: Readonly<Record<string, Image>>;
  /** Blobs beside those of the images, and manifests beside them (an index); all served in every repository. */
  readonly blobs?: readonly Blob[];
  /** By digest, or by any other end of a path. */
  readonly faults?: Readonly<Record<string, RegistryFault>>;
  /** The `Authorization` header without which everything answers 401. */
  readonly authorization?: string;
}

export interface Registry {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** Where a blob or layer is. */
  blobUrl(digest: string, repository?: string): string;
  /** Method and path of every request so far. */
  readonly requests: readonly string[];
  setFault(pathEnd: string, fault: RegistryFault | undefined): void;
  close(): Promise<void>;
}

/**
 * A server on 127.0.0.1 that speaks the reading half of the distribution protocol, and misbehaves where told to.
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pull
 */
export async function serveRegistry(options: RegistryOptions): Promise<Registry> {
  const content = contentOf(options);
  const faults = new Map(Object.entries(options.faults ?? {}));
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '').split('?', 1)[0] ?? '');
    requests.push(`${request.method} ${path}`);
    if (options.authorization !== undefined && request.headers.authorization !== options.authorization)
      return unauthorized(response);
    const fault = [...faults].find(([end]) => path.endsWith(end));
    if (fault !== undefined && faultApplies(faults, fault[0], fault[1]))
      return misbehave(fault[1], { response, blob: content(path) });
    if (path === '/v2/' || path === '/v2') return void response.end('{}');
    respond(content(path), request, response);
  });
  const host = `127.0.0.1:${await listening(server)}`;
  return {
    host,
    requests,
    blobUrl: (digest, repository = 'test') => `http://${host}/v2/${repository}/blobs/${digest}`,
    setFault: (end, fault) => void (fault === undefined ? faults.delete(end) : faults.set(end, fault)),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Finds what a path names. */
function contentOf(options: RegistryOptions): (path: string) => Blob | undefined {
  const images = Object.entries(options.images ?? {});
  const blobs = [
    ...images.flatMap(([, image]) => [image.manifest, image.config, ...image.layers]),
    ...(options.blobs ?? []),
  ];
  const byDigest = new Map(blobs.map((blob) => [blob.digest, blob]));
  const byTag = new Map(images.map(([name, image]) => [name, image.manifest]));
  return (path) => {
    const match = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(path);
    const [, repository = '', kind, reference = ''] = match ?? [];
    return byDigest.get(reference) ?? (kind === 'manifests' ? byTag.get(`${repository}:${reference}`) : undefined);
  };
}

function respond(blob: Blob | undefined, request: IncomingMessage, response: ServerResponse): void {
  if (blob === undefined) {
    notFound(response);
    return;
  }
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const first = Number(range?.[1] ?? 0);
  const last = range?.[2] ? Number(range[2]) : blob.bytes.length - 1;
  const body = blob.bytes.subarray(first, last + 1);
  response.writeHead(range === null ? 200 : 206, {
    ...headersOf(blob, body.length),
    ...(range === null ? {} : { 'content-range': `bytes ${first}-${first + body.length - 1}/${blob.bytes.length}` }),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function misbehave(
  fault: RegistryFault,
  { response, blob }: { response: ServerResponse; blob: Blob | undefined },
): void {
  if (fault.kind === 'status') {
    response.writeHead(fault.status).end();
  } else if (fault.kind === 'redirect') {
    response.writeHead(307, { location: fault.location }).end();
  } else if (blob === undefined) {
    notFound(response);
  } else if (fault.kind === 'wrong-bytes') {
    const bytes = fault.bytes ?? blob.bytes.map((byte) => byte ^ 0xff);
    response.writeHead(200, headersOf(blob, bytes.length)).end(bytes);
  } else {
    response.writeHead(200, headersOf(blob, blob.bytes.length));
    response.flushHeaders();
    if (fault.kind === 'truncate') response.write(blob.bytes.subarray(0, fault.bytes), () => response.destroy());
  }
}

/** Whether the fault still applies: one with `times` wears off. */
function faultApplies(faults: Map<string, RegistryFault>, end: string, fault: RegistryFault): boolean {
  if (fault.kind !== 'status' || fault.times === undefined) return true;
  if (fault.times <= 0) return false;
  faults.set(end, { ...fault, times: fault.times - 1 });
  return true;
}

function headersOf(blob: Blob, bytes: number): Record<string, string | number> {
  return { 'content-type': blob.mediaType, 'content-length': bytes, 'docker-content-digest': blob.digest };
}

function notFound(response: ServerResponse): void {
  response.writeHead(404, { 'content-type': 'application/json' }).end('{"errors":[{"code":"NOT_FOUND"}]}');
}

function unauthorized(response: ServerResponse): void {
  response.writeHead(401, { 'www-authenticate': 'Basic realm="test"' }).end('{"errors":[{"code":"UNAUTHORIZED"}]}');
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
