import { createServer, type RequestListener } from 'node:http';
import { expect, it } from 'vitest';
import { ClairApi, CommandError } from './api.ts';

async function withServer(answer: RequestListener, work: (api: ClairApi) => Promise<void>): Promise<void> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    await work(new ClairApi({ host: `http://127.0.0.1:${port}/` }));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

it('an answer that breaks off is an error in a sentence', async () => {
  const cut: RequestListener = (_, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('{"feeds":', () => response.destroy());
  };
  await withServer(cut, async (api) => {
    const failure = await api.feeds().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CommandError);
    expect(String(failure)).toMatch(/does not answer: the connection broke after 9 bytes/);
  });
});

it('nobody at the port is an error in a sentence', async () => {
  let closed: ClairApi | undefined;
  await withServer(
    () => undefined,
    async (api) => {
      closed = api;
    },
  );
  await expect(closed?.feeds()).rejects.toThrow(/^http:\/\/127\.0\.0\.1:\d+ does not answer: nobody listens there/);
});

it('a deletion carries its digests, and its redirect is not followed', async () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  const echo: RequestListener = (request, response) => void request.pipe(response);
  await withServer(echo, async (api) => expect(await api.delete([digest])).toEqual([digest]));
  const elsewhere: RequestListener = (_, response) => void response.writeHead(307, { location: '/else' }).end();
  await withServer(elsewhere, (api) => expect(api.delete([digest])).rejects.toThrow(/redirects a DELETE/));
});
