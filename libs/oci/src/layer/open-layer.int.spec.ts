import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createGuard } from '../http/address-guard.ts';
import { answer, type Handler, redirect, serve, type TestServer } from '../http/http-server.fixture.ts';
import { END_BLOCKS, RecordingVisitor, rawEntry } from '../tar/raw-tar.fixture.ts';
import { DEFAULT_LAYER_LIMITS, type LayerLimits } from './layer-limits.ts';
import { openLayer } from './open-layer.ts';
import { readLayer } from './read-layer.ts';

const guard = createGuard({ allowPrivate: true, allowLoopback: true });
const NEVER = new AbortController().signal;
const NOISE = Buffer.alloc(400_000, 'noise');
// Stored, not compressed: the blob is as long as what it holds.
const BLOB = gzipSync(
  Buffer.concat([rawEntry({ name: 'etc/os-release' }, 'ID=x'), rawEntry({ name: 'noise' }, NOISE), END_BLOCKS]),
  { level: 0 },
);
const EVENTS = ['file etc/os-release = ID=x', 'skip noise (400000) unwanted'];
const DIGEST = `sha256:${createHash('sha256').update(BLOB).digest('hex')}`;
let server: TestServer | undefined;

afterEach(async () => {
  await server?.close();
});

async function start(handler: Handler, others: Readonly<Record<string, Handler>> = {}): Promise<TestServer> {
  server = await serve({ '/layer': handler, ...others });
  return server;
}

interface Fetch {
  readonly limits?: Partial<LayerLimits>;
  readonly headers?: Readonly<Record<string, readonly string[]>>;
  readonly digest?: string;
}

/** What an indexer does: open and read. */
async function fetchLayer(uri: string, { limits: some, headers = {}, digest = DIGEST }: Fetch = {}) {
  const limits = { ...DEFAULT_LAYER_LIMITS, ...some };
  const stream = await openLayer({ digest, uri, headers }, { limits, guard, signal: NEVER });
  if (!stream.ok) return stream;
  const visitor = new RecordingVisitor((path) => path !== 'noise');
  const result = await readLayer(stream.value, digest, limits, visitor, NEVER);
  return result.ok ? { ok: true, value: visitor.events } : result;
}

describe('a layer', () => {
  it('is read with the headers of its manifest', async () => {
    const { url, seen } = await start(answer(BLOB));
    expect(await fetchLayer(`${url}/layer`, { headers: { Authorization: ['Bearer t'], 'X-Two': ['a', 'b'] } })).toEqual(
      { ok: true, value: EVENTS },
    );
    expect(seen[0]?.headers).toMatchObject({ authorization: 'Bearer t', 'x-two': 'a, b' });
  });

  it('is read from another host without them', async () => {
    const found: TestServer = await start(
      redirect(() => `${found.otherUrl}/blob?signature=secret`, 307),
      { '/blob': answer(BLOB) },
    );
    expect(
      await fetchLayer(`${found.url}/layer`, {
        headers: { Authorization: ['Bearer t'], Cookie: ['a=b'], 'X-Key': ['k'] },
      }),
    ).toEqual({ ok: true, value: EVENTS });
    const headers = found.seen[1]?.headers;
    expect([headers?.authorization, headers?.cookie, headers?.['x-key']]).toEqual([undefined, undefined, undefined]);
  });

  it('goes on where the connection broke', async () => {
    let answers = 0;
    const { url, seen } = await start((request, response) => {
      const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
      const body = BLOB.subarray(from);
      response.writeHead(from === 0 ? 200 : 206, {
        'content-length': body.length,
        'content-range': `bytes ${from}-${BLOB.length - 1}/${BLOB.length}`,
      });
      if (answers++ > 1) response.end(body);
      else response.write(body.subarray(0, 20_000), () => setTimeout(() => response.destroy(), 20));
    });
    expect(await fetchLayer(`${url}/layer`)).toEqual({ ok: true, value: EVENTS });
    expect(seen.map(({ headers }) => headers.range)).toEqual([undefined, 'bytes=20000-', 'bytes=40000-']);
  });

  it('may come without a length', async () => {
    const { url } = await start((_, response) => void response.writeHead(200).end(BLOB));
    expect(await fetchLayer(`${url}/layer`)).toEqual({ ok: true, value: EVENTS });
  });
});

describe('a layer that cannot be had', () => {
  it.each<[string, Handler, string, boolean, RegExp]>([
    [
      '404',
      (_, response) => void response.writeHead(404).end('<html>'),
      'http',
      false,
      /answered 404: it is not there/,
    ],
    ['401', (_, response) => void response.writeHead(401).end(), 'http', false, /answered 401: credentials/],
    ['wrong bytes', answer(gzipSync('something else')), 'digest-mismatch', false, /have digest sha256/],
    ['HTML with status 200', answer('<html>login</html>'), 'digest-mismatch', false, /have digest sha256/],
    [
      'a cut body that claims to be whole',
      answer(BLOB.subarray(0, 50_000)),
      'digest-mismatch',
      false,
      /50000 bytes received/,
    ],
    [
      'a metadata address behind a redirect',
      redirect(() => 'http://169.254.169.254/latest'),
      'forbidden-address',
      false,
      /169\.254\.169\.254/,
    ],
  ])('%s', async (_, handler, kind, retryable, message) => {
    const { url } = await start(handler);
    const result = await fetchLayer(`${url}/layer?token=secret`);
    expect(result).toMatchObject({ ok: false, error: { kind, retryable } });
    const text = 'error' in result ? result.error.message : '';
    expect(text).toMatch(message);
    expect(text).not.toContain('secret');
  });

  it('stops in the middle, and goes on when it is asked again', async () => {
    let asked = 0;
    const { url, seen } = await start((request, response) => {
      asked += 1;
      const [, from = '0'] = /^bytes=(\d+)-/.exec(request.headers.range ?? '') ?? [];
      const rest = BLOB.subarray(Number(from));
      const range = { 'content-range': `bytes ${from}-${BLOB.length - 1}/${BLOB.length}` };
      response.writeHead(asked === 1 ? 200 : 206, { 'content-length': rest.length, ...(asked > 1 && range) });
      if (asked === 1) response.write(rest.subarray(0, 1000));
      else response.end(rest);
    });
    const result = await fetchLayer(`${url}/layer`, { limits: { idleMs: 100, timeoutMs: 10_000 } });
    expect(result).toEqual({ ok: true, value: EVENTS });
    expect(seen.map(({ headers }) => headers.range)).toEqual([undefined, 'bytes=1000-']);
  });

  it('hangs', async () => {
    const { url } = await start(
      (_, response) => void response.writeHead(200, { 'content-length': BLOB.length }).write(BLOB.subarray(0, 1000)),
    );
    const result = await fetchLayer(`${url}/layer`, { limits: { idleMs: 60, timeoutMs: 300 } });
    expect(result).toMatchObject({ ok: false, error: { kind: 'timeout', retryable: true } });
  });

  it('is larger than allowed, announced or not', async () => {
    const { url } = await start(answer(BLOB), { '/silent': (_, response) => void response.writeHead(200).end(BLOB) });
    for (const path of ['/layer', '/silent']) {
      expect(await fetchLayer(`${url}${path}`, { limits: { blobBytes: 10_000 } })).toMatchObject({
        ok: false,
        error: { kind: 'limit' },
      });
    }
  });

  it('is a bomb', async () => {
    const bomb = gzipSync(Buffer.alloc(90 * 1024 * 1024));
    const { url } = await start(answer(bomb));
    const digest = `sha256:${createHash('sha256').update(bomb).digest('hex')}`;
    expect(await fetchLayer(`${url}/layer`, { digest, limits: { ratio: 300 } })).toMatchObject({
      ok: false,
      error: { kind: 'limit', message: expect.stringContaining('bomb') },
    });
  });

  it.each([
    ['ftp://example.com/layer', 'bad-url'],
    ['http://user:pw@example.com/', 'bad-url'],
    ['layer.tar', 'bad-url'],
    ['http://169.254.169.254/', 'forbidden-address'],
    ['http://[fe80::1]/', 'forbidden-address'],
  ])('%s is %s', async (uri, kind) => {
    expect(await fetchLayer(uri)).toMatchObject({ ok: false, error: { kind, retryable: false } });
  });
});
