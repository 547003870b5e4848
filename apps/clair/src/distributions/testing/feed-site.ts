import type { ServerResponse } from 'node:http';
import { type LoopbackServer, listenOnLoopback } from '../../../test-support/loopback-server.ts';

/** A web server on loopback with the documents of all vendors. */
export interface FeedSite extends LoopbackServer {
  put(path: string, content: string | Uint8Array): void;
}

/** Serves what is put, and for a folder what Apache's autoindex makes of it. */
export async function serveFeedSite(): Promise<FeedSite> {
  const documents = new Map<string, string | Uint8Array>();
  const respond = (path: string, response: ServerResponse): void => {
    const content = documents.get(path) ?? (path.endsWith('/') ? listing(path, [...documents.keys()]) : undefined);
    if (content !== undefined) return void response.end(content);
    response.writeHead(404).end('<html><body><h1>Not Found</h1></body></html>');
  };
  const server = await listenOnLoopback((request, response) => respond(request.url ?? '', response));
  return { ...server, put: (path, content) => void documents.set(path, content) };
}

/** `undefined` for a folder with nothing in it. */
function listing(folder: string, paths: readonly string[]): string | undefined {
  const inside = paths.filter((path) => path.startsWith(folder)).map((path) => path.slice(folder.length));
  const names = new Set(inside.map((path) => path.replace(/\/.*$/, '/')));
  if (names.size === 0) return undefined;
  const rows = [...names].map((name) => `<a href="${name}">${name}</a>  2026-01-01 00:00  1K\n`);
  return `<html><head><title>Index of ${folder}</title></head><body><pre><a href="../">../</a>\n${rows.join('')}</pre></body></html>`;
}
