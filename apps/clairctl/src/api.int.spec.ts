import { createServer, type RequestListener } from 'node:http';
import { expect, it } from 'vitest';
import { type ApiOptions, ClairApi, CommandError } from './api.ts';

async function withServer(
  answer: RequestListener,
  work: (api: ClairApi) => Promise<void>,
  options: Partial<ApiOptions> = {},
): Promise<void> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    await work(new ClairApi({ host: `http://127.0.0.1:${port}/`, ...options }));
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

it.each<[string, Partial<ApiOptions>, RegExp]>([
  ['none', {}, /the service wants a token; give the config with its auth\.psk/],
  ['one', { token: async () => 'x', issuer: 'foo' }, /the service refused our token, of the issuer "foo"; .*--issuer/],
])('says of a 401 what became of the token: %s', async (_, options, sentence) => {
  const refuse: RequestListener = (_request, response) => void response.writeHead(401).end('{"message":"no"}');
  await withServer(refuse, (api) => expect(api.feeds()).rejects.toThrow(sentence), options);
});

it.each<[number, string, boolean]>([
  [404, '{"message":"there is nothing at this path"}', true],
  [404, '{"message":"no such feed"}', false],
  [501, '<html>', true],
  [502, '<html>', false],
  [200, '<html>', true],
])('asks at %d %s whether this is a Clair: %s', async (status, body, asks) => {
  const answer: RequestListener = (_, response) => void response.writeHead(status).end(body);
  await withServer(answer, async (api) => {
    const failure = await api.feeds().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CommandError);
    expect(String(failure).includes('is this a Clair with all services (a gateway)?')).toBe(asks);
  });
});
