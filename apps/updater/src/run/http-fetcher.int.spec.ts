import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FetchRequest } from '@clair/feeds';
import { createGuard } from '@clair/oci';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FeedServer, serveFeeds } from '../testing/feed-server.ts';
import { createHttpFetcher } from './http-fetcher.ts';

const guard = createGuard({ allowPrivate: true, allowLoopback: true });
const fetcher = createHttpFetcher({ guard, bytesMax: 1_000_000, timeoutMs: 5_000, idleMs: 500 });
const signal = new AbortController().signal;

let directory: string;
let server: FeedServer;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'http-fetcher-'));
  server = await serveFeeds({
    '/good': { body: 'good', etag: '"1"', lastModified: 'Sun, 02 Jun 2024 00:00:00 GMT' },
    '/old': { body: 'old', etag: '"0"' },
    '/forbidden': { body: '', faultForEver: { status: 403 } },
  });
});
afterEach(async () => {
  await server.close();
  await rm(directory, { recursive: true, force: true });
});

function request(path: string, fields: Partial<FetchRequest> = {}, mirrors: readonly string[] = []): FetchRequest {
  return { url: server.url + path, mirrors: mirrors.map((one) => server.url + one), bytesMax: 1000, ...fields };
}

/** Both ways of fetching must tell the same. */
async function fetchBoth(given: FetchRequest): Promise<string> {
  const path = join(directory, 'document');
  const toFile = await fetcher.fetch(given, { path, conditional: undefined, signal });
  const toMemory = await fetcher.fetchWhole(given, signal);
  const fromFile = toFile.ok ? toFile.value.kind : toFile.error;
  const fromMemory = toMemory.ok ? toMemory.value.kind : toMemory.error;
  expect(fromFile).toBe(fromMemory);
  if (!toFile.ok || !toMemory.ok || toMemory.value.kind !== 'document') return fromFile;
  const content = await readFile(path, 'utf8');
  expect(Buffer.from(toMemory.value.bytes).toString()).toBe(content);
  return content;
}

const sum = (algorithm: 'sha1' | 'sha256' | 'sha512', text: string) => ({
  algorithm,
  hex: createHash(algorithm).update(text).digest('hex'),
});

describe('mirrors', () => {
  it('are not asked while the first place has it', async () => {
    expect(await fetchBoth(request('/good', {}, ['/old']))).toBe('good');
    expect(server.seen.map(({ path }) => path)).toEqual(['/good', '/good']);
  });

  it('are asked in turn, and each that fails says why, without the secrets of its address', async () => {
    expect(await fetchBoth(request('/forbidden', {}, ['/good']))).toBe('good');
    const secret = request('/forbidden?token=s3cret', {}, ['/forbidden?token=s3cret']);
    server.pages.set('/forbidden?token=s3cret', { body: '', faultForEver: { status: 403 } });
    const said = await fetchBoth(secret);
    expect(said.match(/forbidden\?…: the server answered 403/g)).toHaveLength(2);
    expect(said).not.toContain('s3cret');
  });

  it('have what another has lost; absent is only what none has', async () => {
    const absentIsFine = true;
    expect(await fetchBoth(request('/none', { absentIsFine }, ['/good']))).toBe('good');
    expect(await fetchBoth(request('/none', { absentIsFine }, ['/none-either']))).toBe('absent');
    expect(await fetchBoth(request('/none', { absentIsFine }, ['/forbidden']))).toMatch(/forbidden: .* answered 403$/);
  });

  it('do not lend their validators to the first place', async () => {
    const path = join(directory, 'document');
    const fetched = await fetcher.fetch(request('/forbidden', {}, ['/good']), { path, conditional: undefined, signal });
    expect(fetched).toMatchObject({
      value: { etag: '', lastModified: '', publishedAt: '2024-06-02T00:00:00.000Z' },
    });
    const conditional = { etag: '"1"', lastModified: '' };
    const again = await fetcher.fetch(request('/forbidden', {}, ['/good']), { path, conditional, signal });
    expect(again).toMatchObject({ value: { kind: 'document' } });
  });
});

describe('a checksum', () => {
  it.each(['sha1', 'sha256', 'sha512'] as const)('of %s is verified, in capitals too', async (algorithm) => {
    const checksum = sum(algorithm, 'good');
    expect(await fetchBoth(request('/good', { checksum }))).toBe('good');
    const capitals = { ...checksum, hex: checksum.hex.toUpperCase() };
    expect(await fetchBoth(request('/good', { checksum: capitals }))).toBe('good');
  });

  it('that is another sends to the next mirror, and is told when there is none', async () => {
    const checksum = sum('sha256', 'good');
    expect(await fetchBoth(request('/old', { checksum }, ['/good']))).toBe('good');
    const said = await fetchBoth(request('/old', { checksum }));
    expect(said).toBe(
      `${server.url}/old: its sha256 is ${sum('sha256', 'old').hex}, and the source says ${checksum.hex}`,
    );
  });
});

it('what is not there is an answer where that is fine, and a failure where it is not', async () => {
  const path = join(directory, 'document');
  const fine = request('/none', { absentIsFine: true });
  expect(await fetcher.fetch(fine, { path, conditional: undefined, signal })).toMatchObject({
    value: { kind: 'absent' },
  });
  const missing = await fetcher.fetch(request('/none'), { path, conditional: undefined, signal });
  expect(missing).toMatchObject({ ok: false, error: expect.stringContaining('404') });
});
