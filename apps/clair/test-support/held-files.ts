import type { ServerResponse } from 'node:http';
import { type LoopbackServer, listenOnLoopback } from './loopback-server.ts';

/** Serves files, and stops in the middle of those that are held until they are released. */
export interface HeldFiles extends LoopbackServer {
  put(path: string, bytes: Uint8Array | string): void;
  /** From now on the path answers with half of its bytes. */
  hold(path: string): void;
  /** The other half follows, and later answers are whole. */
  release(path: string): void;
  /** How often the path was asked for. */
  requests(path: string): number;
}

export async function serveHeldFiles(): Promise<HeldFiles> {
  const files = new Map<string, Buffer>();
  const held = new Map<string, (() => void)[]>();
  const counts = new Map<string, number>();
  const respond = (path: string, response: ServerResponse): void => {
    const bytes = files.get(path);
    counts.set(path, (counts.get(path) ?? 0) + 1);
    if (bytes === undefined) return void response.writeHead(404).end('not here');
    response.writeHead(200, { 'content-length': bytes.length });
    const waiting = held.get(path);
    if (waiting === undefined) return void response.end(bytes);
    const half = Math.floor(bytes.length / 2);
    response.write(bytes.subarray(0, half));
    waiting.push(() => response.end(bytes.subarray(half)));
  };
  const server = await listenOnLoopback((request, response) => respond(request.url ?? '', response));
  return {
    ...server,
    put: (path, bytes) => void files.set(path, Buffer.from(bytes)),
    hold: (path) => void held.set(path, []),
    release(path) {
      const waiting = held.get(path) ?? [];
      held.delete(path);
      for (const finish of waiting) finish();
    },
    requests: (path) => counts.get(path) ?? 0,
  };
}
