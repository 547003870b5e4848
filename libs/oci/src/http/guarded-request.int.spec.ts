import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createGuard } from './address-guard.ts';
import { type GuardedRequestOptions, guardedRequest, statusFailure } from './guarded-request.ts';
import { answer, type Handler, redirect, serve, type TestServer } from './http-server.fixture.ts';
import { readBody } from './read-body.ts';

const guard = createGuard({ allowPrivate: true, allowLoopback: true });
const servers: TestServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function start(routes: Readonly<Record<string, Handler>>): Promise<TestServer> {
  const server = await serve(routes);
  servers.push(server);
  return server;
}

function ask(url: string, options: Partial<GuardedRequestOptions> = {}) {
  return guardedRequest(url, {
    guard,
    signal: new AbortController().signal,
    bytesMax: 1_000_000,
    timeoutMs: 10_000,
    idleMs: 5_000,
    ...options,
  });
}

/** The body, or the failure of the request or the body. */
async function fetchText(url: string, options: Partial<GuardedRequestOptions> = {}): Promise<string> {
  const response = await ask(url, options);
  if (!response.ok) return `${response.error.kind}: ${response.error.message}`;
  const body = await readBody(response.value);
  return body.ok ? body.value.toString() : `${body.error.kind}: ${body.error.message}`;
}

describe('an answer', () => {
  it('comes with its status, headers and body', async () => {
    const { url, seen } = await start({ '/a': answer('hello', { etag: '"1"', 'x-two': 'x' }) });
    const response = await ask(`${url}/a?q=1`, { headers: { 'X-Key': ['1', '2'] } });
    expect(response).toMatchObject({
      ok: true,
      value: { status: 200, headers: { etag: '"1"', 'x-two': 'x' }, url: `${url}/a?q=1` },
    });
    expect(response.ok && (await readBody(response.value))).toMatchObject({ ok: true, value: Buffer.from('hello') });
    expect(seen[0]).toMatchObject({ path: '/a?q=1', headers: { 'x-key': '1, 2', 'accept-encoding': 'identity' } });
  });

  it('may be a 304 or a 404, which are for the caller to judge', async () => {
    const { url, seen } = await start({ '/same': (_, response) => void response.writeHead(304).end() });
    const same = await ask(`${url}/same`, {
      conditional: { etag: '"1"', lastModified: 'Thu, 01 Jan 1970 00:00:00 GMT' },
    });
    expect(same).toMatchObject({ ok: true, value: { status: 304 } });
    expect(seen[0]?.headers).toMatchObject({
      'if-none-match': '"1"',
      'if-modified-since': 'Thu, 01 Jan 1970 00:00:00 GMT',
    });
    const missing = await ask(`${url}/missing`);
    expect(missing).toMatchObject({ ok: true, value: { status: 404 } });
    expect(missing.ok && statusFailure(missing.value, 0)).toMatchObject({
      kind: 'http',
      status: 404,
      retryable: false,
    });
  });

  it('to a POST', async () => {
    const { url } = await start({ '/echo': (request, response) => void request.pipe(response) });
    expect(
      await fetchText(`${url}/echo`, { method: 'POST', body: 'a=b', headers: { 'content-type': 'text/plain' } }),
    ).toBe('a=b');
  });
});

describe('redirects', () => {
  const secrets = {
    authorization: 'Bearer secret',
    cookie: 'id=secret',
    'x-registry-key': 'secret',
    accept: 'text/plain',
    range: 'bytes=0-',
  };

  it('keep the headers on the same host', async () => {
    const server = await start({ '/a': redirect(() => '/b?x=1'), '/b': answer('b') });
    expect(await fetchText(`${server.url}/a`, { headers: secrets })).toBe('b');
    expect(server.seen[1]?.headers).toMatchObject(secrets);
  });

  it.each([301, 302, 303, 307, 308])(
    'with %d give nothing secret to another host, nor to the first one again',
    async (status) => {
      const server: TestServer = await start({
        '/a': redirect(() => `${server.otherUrl}/b`, status),
        '/b': redirect(() => `${server.url}/c`, status),
        '/c': answer('c'),
      });
      expect(await fetchText(`${server.url}/a`, { headers: secrets })).toBe('c');
      expect(
        server.seen.map(({ path, headers }) => [
          path,
          headers.authorization,
          headers.cookie,
          headers['x-registry-key'],
        ]),
      ).toEqual([
        ['/a', 'Bearer secret', 'id=secret', 'secret'],
        ['/b', undefined, undefined, undefined],
        ['/c', undefined, undefined, undefined],
      ]);
      expect(server.seen[1]?.headers).toMatchObject({ accept: 'text/plain', range: 'bytes=0-' });
    },
  );

  it('give nothing secret to another port', async () => {
    const other = await start({ '/b': answer('b') });
    const { url } = await start({ '/a': redirect(() => `${other.url}/b`) });
    expect(await fetchText(`${url}/a`, { headers: secrets })).toBe('b');
    expect(other.seen[0]?.headers.authorization).toBeUndefined();
  });

  it('in circles end', async () => {
    const { url, seen } = await start({ '/a': redirect(() => '/a') });
    expect(await fetchText(`${url}/a`)).toMatch(/^http: .*circles/);
    expect(seen).toHaveLength(6);
  });

  it.each([
    ['http://169.254.169.254/latest', /^forbidden-address: http:\/\/169\.254\.169\.254\/latest/],
    ['http://[::ffff:a9fe:a9fe]/', /^forbidden-address/],
    ['http://metadata.google.internal/', /^forbidden-address/],
    ['file:///etc/passwd', /^bad-url/],
    ['http://user:secret@127.0.0.1/', /^bad-url: http:\/\/127\.0\.0\.1\/: a user name/],
    ['http://[', /^bad-url/],
  ])('to %s are refused', async (location, failure) => {
    const { url } = await start({ '/a': redirect(() => location) });
    expect(await fetchText(`${url}/a`)).toMatch(failure);
  });

  it('do not carry a POST on', async () => {
    const server = await start({ '/a': redirect(() => '/b', 307), '/b': answer('b') });
    expect(await fetchText(`${server.url}/a`, { method: 'POST', body: 'refresh_token=secret' })).toMatch(
      /^http: .*POST/,
    );
    expect(server.seen).toHaveLength(1);
  });
});

describe('the guard', () => {
  it('checks the address that a name resolves to', async () => {
    const { otherUrl, seen } = await start({ '/': answer('x') });
    const outside = createGuard({ allowPrivate: true, allowLoopback: false });
    expect(await fetchText(otherUrl, { guard: outside })).toMatch(
      /^forbidden-address: .*localhost: it is this machine itself/,
    );
    expect(seen).toEqual([]);
    await outside.close();
  });

  it('checks redirects against the allowed hosts, too', async () => {
    const server: TestServer = await start({ '/a': redirect(() => `${server.otherUrl}/b`), '/b': answer('b') });
    const only = createGuard({ allowPrivate: true, allowLoopback: true, allowedHosts: [`127.0.0.1:${server.port}`] });
    expect(await fetchText(`${server.url}/b`, { guard: only })).toBe('b');
    expect(await fetchText(`${server.url}/a`, { guard: only })).toMatch(
      /^forbidden-address: .*localhost is not among the allowed hosts/,
    );
    await only.close();
  });

  it('checks what the connection is opened to, even when the URL was not looked at', async () => {
    const { port, seen } = await start({ '/': answer('x') });
    const inner = createGuard({ allowPrivate: true, allowLoopback: false });
    const careless = { ...inner, refuseUrl: () => undefined };
    for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]']) {
      expect(await fetchText(`http://${host}:${port}/`, { guard: careless })).toMatch(/^forbidden-address/);
    }
    expect(seen).toEqual([]);
    await inner.close();
  });
});

describe('what does not answer', () => {
  it('is unreachable', async () => {
    const { url, close } = await serve({});
    await close();
    const response = await ask(`${url}/?secret=1`);
    expect(response).toMatchObject({
      ok: false,
      error: { kind: 'unreachable', retryable: true, message: `${url}/?…: nobody listens there (ECONNREFUSED)` },
    });
  });

  it('does not resolve', async () => {
    expect(await ask('http://no-such-name.invalid/')).toMatchObject({ ok: false, error: { kind: 'unreachable' } });
  });

  it('is no HTTP', async () => {
    const server = createServer((socket) => void socket.end('SSH-2.0-OpenSSH\r\n'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    expect(await ask(`http://127.0.0.1:${port}/`)).toMatchObject({ ok: false, error: { kind: 'unreachable' } });
    server.close();
  });

  it('hangs before the headers', async () => {
    const { url } = await start({ '/': () => undefined });
    expect(await fetchText(url, { idleMs: 50 })).toMatch(/^timeout: .*nothing arrived for 50 ms/);
    expect(await fetchText(url, { timeoutMs: 50 })).toMatch(/^timeout: .*not finished after 50 ms/);
  });

  it('hangs in the body', async () => {
    const { url } = await start({
      '/': (_, response) => void response.writeHead(200, { 'content-length': 10 }).write('hello'),
    });
    expect(await fetchText(url, { idleMs: 50 })).toMatch(/^timeout: .*after 5 bytes nothing arrived for 50 ms/);
    expect(await fetchText(url, { timeoutMs: 80 })).toMatch(/^timeout: .*not finished/);
  });

  it('trickles for ever', async () => {
    const { url } = await start({
      '/': (_, response) => {
        const timer = setInterval(() => response.write('x'), 10);
        response.on('close', () => clearInterval(timer));
      },
    });
    expect(await fetchText(url, { idleMs: 1000, timeoutMs: 150 })).toMatch(/^timeout: .*not finished/);
    expect(await fetchText(url, { bytesMax: 5 })).toMatch(/^limit: .*larger than 5 bytes/);
  });

  it('breaks off', async () => {
    const { url } = await start({
      '/': (_, response) => {
        response.writeHead(200, { 'content-length': 10 }).write('hello', () => response.destroy());
      },
    });
    expect(await fetchText(url)).toMatch(/^truncated: .*after 5 bytes/);
  });
});

describe('the signal', () => {
  it('ends a request and a body with its reason', async () => {
    const { url } = await start({
      '/hang': () => undefined,
      '/body': (_, response) => void response.writeHead(200).write('x'),
    });
    for (const path of ['/hang', '/body']) {
      const control = new AbortController();
      setTimeout(() => control.abort(new Error('enough')), 30);
      await expect(fetchText(`${url}${path}`, { signal: control.signal })).rejects.toThrow('enough');
      await expect(fetchText(`${url}${path}`, { signal: control.signal })).rejects.toThrow('enough');
    }
  });
});

it.each(['nonsense', 'http://', ''])('%j is no URL', async (url) => {
  expect(await ask(url)).toMatchObject({ ok: false, error: { kind: 'bad-url' } });
});

it('does not send headers that would change the request', async () => {
  expect(await ask('http://127.0.0.1:1/', { headers: { Host: 'other' } })).toMatchObject({
    ok: false,
    error: { kind: 'bad-url' },
  });
});
