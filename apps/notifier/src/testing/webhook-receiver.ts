import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';

export interface ReceivedPost {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** How the receiver answers its `index`th post, from 0. Not ending the response is to hang. */
export type Answer = (response: ServerResponse, index: number, post: ReceivedPost) => void;

export interface WebhookReceiver {
  readonly url: string;
  readonly posts: readonly ReceivedPost[];
  /** The `notification_id` of every post. */
  ids(): string[];
  close(): Promise<void>;
}

/** A real HTTP server on loopback that remembers what it was sent. */
export async function startReceiver(
  answer: Answer = (response) => response.writeHead(200).end(),
): Promise<WebhookReceiver> {
  const posts: ReceivedPost[] = [];
  const server = createServer(async (request, response) => {
    const post = await readPost(request);
    posts.push(post);
    answer(response, posts.length - 1, post);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/hook?tenant=1`,
    posts,
    ids: () => posts.map(({ body }) => String(Reflect.get(Object(JSON.parse(body)), 'notification_id'))),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function readPost(request: IncomingMessage): Promise<ReceivedPost> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  return { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
}
