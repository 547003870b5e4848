import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A request that arrived, as a test looks at it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface TestServer {
  readonly port: number;
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** The same server under another host name, which makes it another host to a client. */
  readonly otherUrl: string;
  readonly seen: SeenRequest[];
  close(): Promise<void>;
}

/** A real HTTP server on loopback; answers by path, and 404 elsewhere. */
export async function serve(routes: Readonly<Record<string, Handler>>): Promise<TestServer> {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    seen.push({ method, path: url, headers });
    const handler = routes[url.split('?')[0] ?? ''];
    if (handler === undefined) response.writeHead(404).end('not found');
    else handler(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    otherUrl: `http://localhost:${port}`,
    seen,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Answers with `body`. */
export function answer(body: string | Buffer, headers: Readonly<Record<string, string>> = {}): Handler {
  return (_, response) =>
    void response.writeHead(200, { 'content-length': Buffer.byteLength(body), ...headers }).end(body);
}

export function redirect(location: () => string, status = 302): Handler {
  return (_, response) => void response.writeHead(status, { location: location() }).end();
}
