import { createHash } from 'node:crypto';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createGuard } from './address-guard.ts';
import { type DownloadOptions, downloadResumable } from './download-resumable.ts';
import { type Handler, serve, type TestServer } from './http-server.fixture.ts';
import { readBody } from './read-body.ts';
import { type ResumableOptions, resumableRequest } from './resumable-request.ts';

const guard = createGuard({ allowPrivate: false, allowLoopback: true });
const CONTENT = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 31) & 0xff));
let server: TestServer | undefined;

afterEach(async () => {
  await server?.close();
});

interface Flaky {
  /** Bytes after which each of the first answers breaks off; the rest come whole. */
  readonly breaks: readonly number[];
  readonly ranges?: boolean;
  readonly validator?: (answer: number) => Readonly<Record<string, string>>;
  readonly content?: (answer: number) => Buffer;
}

/** A document whose connection breaks. */
function flaky({
  breaks,
  ranges = true,
  validator = () => ({ etag: '"v1"' }),
  content = () => CONTENT,
}: Flaky): Handler {
  let answers = 0;
  return (request, response) => {
    const document = content(answers);
    const headers = validator(answers);
    const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
    const isSame =
      request.headers['if-range'] === undefined || Object.values(headers).includes(String(request.headers['if-range']));
    const from = ranges && range !== null && isSame ? Number(range[1]) : 0;
    const body = document.subarray(from);
    const isPartial = from > 0;
    response.writeHead(isPartial ? 206 : 200, {
      ...headers,
      'content-length': body.length,
      ...(isPartial ? { 'content-range': `bytes ${from}-${document.length - 1}/${document.length}` } : {}),
    });
    const stopAfter = breaks[answers];
    answers += 1;
    if (stopAfter === undefined) response.end(body);
    else response.write(body.subarray(0, stopAfter), () => setTimeout(() => response.destroy(), 20));
  };
}

async function start(handler: Handler): Promise<string> {
  server = await serve({ '/feed': handler });
  return `${server.url}/feed`;
}

const OPTIONS: ResumableOptions = {
  guard,
  signal: new AbortController().signal,
  bytesMax: 1_000_000,
  timeoutMs: 20_000,
  idleMs: 2_000,
};

async function fetchAll(url: string, options: Partial<ResumableOptions> = {}) {
  const response = await resumableRequest(url, { ...OPTIONS, ...options });
  return response.ok ? readBody(response.value) : response;
}

describe('a connection that breaks', () => {
  it('goes on where it stopped, as often as it must', async () => {
    const url = await start(flaky({ breaks: [100_000, 50_000, 1] }));
    const body = await fetchAll(url, { conditional: { etag: '"v0"' } });
    expect(body.ok && body.value.equals(CONTENT)).toBe(true);
    expect(server?.seen.map(({ headers }) => [headers.range, headers['if-range'], headers['if-none-match']])).toEqual([
      [undefined, undefined, '"v0"'],
      ['bytes=100000-', '"v1"', undefined],
      ['bytes=150000-', '"v1"', undefined],
      ['bytes=150001-', '"v1"', undefined],
    ]);
  });

  it('is read over the beginning when the server knows no ranges', async () => {
    const url = await start(flaky({ breaks: [100_000], ranges: false }));
    const body = await fetchAll(url);
    expect(body.ok && body.value.equals(CONTENT)).toBe(true);
  });

  it('goes on by the date when there is no strong tag', async () => {
    const url = await start(
      flaky({
        breaks: [1000],
        validator: () => ({ etag: 'W/"weak"', 'last-modified': 'Thu, 01 Jan 1970 00:00:00 GMT' }),
      }),
    );
    const body = await fetchAll(url);
    expect(body.ok && body.value.equals(CONTENT)).toBe(true);
    expect(server?.seen[1]?.headers['if-range']).toBe('Thu, 01 Jan 1970 00:00:00 GMT');
  });

  it('does not go on when nothing tells whether it is the same document', async () => {
    const url = await start(flaky({ breaks: [1000], validator: () => ({}) }));
    expect(await fetchAll(url)).toMatchObject({ ok: false, error: { kind: 'truncated', retryable: true } });
    expect(server?.seen).toHaveLength(1);
  });

  it('goes on without a validator when the content cannot change', async () => {
    const url = await start(flaky({ breaks: [1000], validator: () => ({}) }));
    const body = await fetchAll(url, { immutable: true });
    expect(body.ok && body.value.equals(CONTENT)).toBe(true);
  });

  it('never joins two versions', async () => {
    const url = await start(
      flaky({
        breaks: [1000],
        validator: (at) => ({ etag: `"v${at}"` }),
        content: (at) => (at === 0 ? CONTENT : Buffer.from('new')),
      }),
    );
    expect(await fetchAll(url)).toMatchObject({
      ok: false,
      error: { kind: 'truncated', message: expect.stringContaining('changed while it was fetched') },
    });
  });

  it('is given up when nothing more comes', async () => {
    const url = await start(flaky({ breaks: [1000, 0, 0, 0, 0, 0] }));
    expect(await fetchAll(url, { attemptsMax: 2 })).toMatchObject({ ok: false, error: { retryable: true } });
    expect(server?.seen).toHaveLength(3);
  });

  it('does not make a document larger than is allowed', async () => {
    const url = await start(flaky({ breaks: [200_000] }));
    expect(await fetchAll(url, { bytesMax: 250_000 })).toMatchObject({ ok: false, error: { kind: 'limit' } });
  });
});

describe('a server that is busy', () => {
  function busy(statuses: readonly number[], headers: Readonly<Record<string, string>> = {}): Handler {
    let answers = 0;
    return (_, response) => {
      const status = statuses[answers++] ?? 200;
      response.writeHead(status, headers).end('text');
    };
  }

  it('is asked again', async () => {
    const body = await fetchAll(await start(busy([503, 429, 200])));
    expect(body).toMatchObject({ ok: true, value: Buffer.from('text') });
  });

  it('is given the time it asks for', async () => {
    const before = performance.now();
    const body = await fetchAll(await start(busy([429, 200], { 'retry-after': '1' })));
    expect(body.ok).toBe(true);
    expect(performance.now() - before).toBeGreaterThanOrEqual(990);
  });

  it('is not waited for longer than the whole may take', async () => {
    const failure = await fetchAll(await start(busy([429, 200], { 'retry-after': '60' })));
    expect(failure).toMatchObject({
      ok: false,
      error: { kind: 'http', status: 429, retryable: true, retryAfterMs: 60_000 },
    });
  });

  it('that then hangs is said to have had the whole time, not the rest of it', async () => {
    let answers = 0;
    const url = await start((_, response) => void (answers++ === 0 && response.writeHead(503).end()));
    const failure = await fetchAll(url, { timeoutMs: 1000, idleMs: 5000 });
    expect(failure).toMatchObject({
      ok: false,
      error: { kind: 'timeout', message: expect.stringContaining('no answer: not finished after 1000 ms') },
    });
  });

  it('that then stops in the middle as well', async () => {
    let answers = 0;
    const url = await start((_, response) => {
      if (answers++ === 0) return void response.writeHead(503).end();
      response.writeHead(200, { 'content-length': 10 }).write('half');
    });
    const failure = await fetchAll(url, { timeoutMs: 1000, idleMs: 5000 });
    expect(failure).toMatchObject({
      ok: false,
      error: { kind: 'timeout', message: expect.stringContaining('after 4 bytes not finished after 1000 ms') },
    });
  });

  it('is given up after some attempts', async () => {
    const failure = await fetchAll(await start(busy([500, 500, 500])), { attemptsMax: 2 });
    expect(failure).toMatchObject({ ok: false, error: { kind: 'http', status: 500 } });
    expect(server?.seen).toHaveLength(2);
  });

  it('is not asked again for what it refuses', async () => {
    const response = await resumableRequest(await start(busy([404])), OPTIONS);
    expect(response).toMatchObject({ ok: true, value: { status: 404 } });
    expect(server?.seen).toHaveLength(1);
  });
});

describe('a download', () => {
  const digestOf = (algorithm: string, content: Buffer) => createHash(algorithm).update(content).digest('hex');

  async function download(url: string, options: Partial<DownloadOptions> = {}) {
    const directory = await mkdtemp(join(tmpdir(), 'clair-oci-'));
    const file = await open(join(directory, 'feed'), 'w');
    try {
      await file.write('what was there before');
      const result = await downloadResumable(url, { ...OPTIONS, ...options, file });
      return { result, content: await readFile(join(directory, 'feed')) };
    } finally {
      await file.close();
      await rm(directory, { recursive: true });
    }
  }

  it('is whole, over several connections', async () => {
    const url = await start(flaky({ breaks: [100_000, 100_000] }));
    const { result, content } = await download(url, { algorithms: ['sha256', 'sha512'] });
    expect(result).toMatchObject({
      ok: true,
      value: {
        status: 200,
        bytes: CONTENT.length,
        headers: { etag: '"v1"' },
        digests: [digestOf('sha256', CONTENT), digestOf('sha512', CONTENT)],
      },
    });
    expect(content.equals(CONTENT)).toBe(true);
  });

  it('begins anew when the document changed', async () => {
    const changed = Buffer.from('a new and shorter document');
    const handler = flaky({
      breaks: [100_000],
      validator: (at) => ({ etag: at === 0 ? '"old"' : '"new"' }),
      content: (at) => (at === 0 ? CONTENT : changed),
    });
    const { result, content } = await download(await start(handler), { algorithms: ['sha256'] });
    const digests = [digestOf('sha256', changed)];
    expect(result).toMatchObject({ ok: true, value: { bytes: changed.length, headers: { etag: '"new"' }, digests } });
    expect(content.equals(changed)).toBe(true);
  });

  it('writes nothing when there is nothing new', async () => {
    const url = await start(
      (request, response) => void response.writeHead(request.headers['if-none-match'] === '"1"' ? 304 : 200).end(),
    );
    const { result, content } = await download(url, { conditional: { etag: '"1"' }, algorithms: ['sha256'] });
    expect(result).toMatchObject({ ok: true, value: { status: 304, bytes: 0, digests: [] } });
    expect(content.toString()).toBe('what was there before');
  });
});
