import { once } from 'node:events';
import { createServer } from 'node:http';

export interface PostReceiver {
  readonly url: string;
  /** `webhook-id` of every post, by the path that it came to. */
  readonly ids: readonly { readonly path: string; readonly id: string; readonly page: string }[];
  close(): Promise<void>;
}

/** A subscriber that answers every post with 204, after some time. */
export async function receivePosts(): Promise<PostReceiver> {
  const ids: { path: string; id: string; page: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const { data } = JSON.parse(body);
    ids.push({ path: request.url ?? '', id: String(request.headers['webhook-id']), page: data.page });
    setTimeout(() => response.writeHead(204).end(), 50);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${Reflect.get(Object(server.address()), 'port')}`,
    ids,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
