import { createHash } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { FeedPlan, Partition } from '@clair/feeds';
import type { Database } from '@clair/postgres';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadFeedStatus } from './store/feed-status.ts';
import { tarOf, zipOf } from './testing/archives.ts';
import { ChangingSource } from './testing/changing-source.ts';
import { type FeedServer, serveFeeds } from './testing/feed-server.ts';
import { lines, linesPartition } from './testing/lines-feed.ts';
import { runLines } from './testing/lines-runner.ts';
import { RecordingMatcher } from './testing/recording-matcher.ts';
import { openUpdaterDatabase } from './testing/updater-fixture.ts';

let own: TestDatabase;
let db: Database;
let server: FeedServer;
let matcher: RecordingMatcher;

beforeEach(async () => {
  own = await createTestDatabase();
  db = await openUpdaterDatabase(own.connstring);
  server = await serveFeeds();
  matcher = new RecordingMatcher();
});

afterEach(async () => {
  await server?.close();
  await db?.close();
  await own?.drop();
});

let nowMs = Date.parse('2024-06-10T12:00:00Z');
async function run(plan: FeedPlan | readonly Partition[], options: { force?: boolean } = {}) {
  nowMs += 3_600_000;
  const whole = 'kind' in plan ? plan : { kind: 'partitions' as const, partitions: plan };
  return runLines({ db, matcher, plan: whole, nowMs, ...options });
}

const serve = (path: string, body: string | Uint8Array) => server.pages.set(path, { body });
const partition = (name: string, fields: Partial<Partition> = {}) =>
  linesPartition(name, `${server.url}/${name}`, fields);
const archive = (format: 'zip' | 'tar') => ({
  archive: { format, wants: (path: string) => path.endsWith('.txt'), memberBytesMax: 1000 },
});
const status = async () => (await loadFeedStatus(db))[0];

describe('a document', () => {
  it.each<[string, (text: string) => Uint8Array]>([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ])('compressed with %s is read, and one that is cut costs its partition', async (_, compress) => {
    serve('/a', compress(lines('CVE-1 one')));
    serve('/b', compress(lines('CVE-2 two')).subarray(0, -9));
    expect(await run([partition('a'), partition('b')])).toMatchObject({
      outcome: 'changed',
      error: expect.stringMatching(/^b: the \w+ data ends in the middle$/),
    });
    expect(matcher.keys('lines')).toEqual({ a: ['CVE-1'] });
  });

  it('that is a bomb costs its partition', async () => {
    serve('/a', lines('CVE-1 one'));
    serve('/b', gzipSync(lines(...Array.from({ length: 8_000 }, () => `CVE-2 ${'x'.repeat(10_000)}`))));
    expect((await run([partition('a'), partition('b')])).error).toMatch(/^b: it inflates more than 500 times/);
    expect(matcher.keys('lines')).toEqual({ a: ['CVE-1'] });
  });

  it('with the checksum that was taken before is not fetched again; with another it is, whatever its ETag', async () => {
    const withChecksum = (text: string) => {
      const checksum = { algorithm: 'sha512' as const, hex: createHash('sha512').update(text).digest('hex') };
      return [partition('a', { request: { url: `${server.url}/a`, bytesMax: 1000, checksum } })];
    };
    const [first, second] = [lines('CVE-1 one'), lines('CVE-2 two')];
    server.pages.set('/a', { body: first, etag: '"same"' });
    await run(withChecksum(first));
    expect(await run(withChecksum(first))).toMatchObject({ outcome: 'unchanged', error: '' });
    expect(server.seen).toHaveLength(1);
    expect((await run(withChecksum(second))).error).toContain('its sha512 is');
    expect(matcher.keys('lines')).toEqual({ a: ['CVE-1'] });
    server.pages.set('/a', { body: second, etag: '"same"' });
    expect(await run(withChecksum(second))).toMatchObject({ outcome: 'changed', error: '' });
    expect(matcher.keys('lines')).toEqual({ a: ['CVE-2'] });
  });
});

describe.each<['zip' | 'tar', (entries: readonly { path: string; content: string }[]) => Uint8Array]>([
  ['zip', zipOf],
  ['tar', (entries) => zstdCompressSync(tarOf(entries))],
])('an archive of %s', (format, make) => {
  const members = [
    { path: 'x/a.txt', content: lines('CVE-1 one', 'CVE-2 two') },
    { path: 'x/README', content: 'lines' },
    { path: 'x/html.txt', content: '<html>\n' },
    { path: 'x/cut.txt', content: lines('CVE-8 nothing of this', '!CVE-9', 'cut') },
    { path: 'x/large.txt', content: lines(`CVE-7 ${'x'.repeat(2000)}`) },
    { path: 'x/b.txt', content: lines('CVE-3 three', '!CVE-4') },
  ];

  it('is parsed a member at a time; one that is not of the format is a rejection, and nothing of it is sent', async () => {
    serve('/all', make(members));
    expect(await run([partition('all', archive(format))])).toMatchObject({ outcome: 'changed', error: '' });
    expect(matcher.keys('lines')).toEqual({ all: ['CVE-1', 'CVE-2', 'CVE-3'] });
    const { rejections = [], ...found } = (await status()) ?? {};
    expect(found).toMatchObject({ advisories: 3, rejectedRecords: 4 });
    expect([...rejections].sort()).toEqual([
      expect.stringMatching(/^all !CVE-4: is bad/),
      'all x/cut.txt: it is cut short',
      'all x/html.txt: there is no heading',
      expect.stringMatching(/^all x\/large.txt: \d+ bytes; the limit is 1000/),
    ]);
    expect(await run([partition('all', archive(format))])).toMatchObject({ outcome: 'unchanged', error: '' });
  });

  it('that is cut, HTML, or lost most of its members costs its partition, and the older data stays', async () => {
    const many = Array.from({ length: 200 }, (_, i) => ({ path: `${i}.txt`, content: lines(`CVE-${i} x`) }));
    serve('/all', make(many));
    await run([partition('all', archive(format))]);
    for (const [body, error] of [
      [make(many).subarray(0, -100), /^all: .*(damaged|middle|zip|truncated)/],
      ['<html>Sign in</html>', /^all: /],
      [make(many.slice(0, 50)), /shrank from 200 to 50/],
      [make([...many.slice(0, 150), ...many.slice(150).map((one) => ({ ...one, content: '<html>\n' }))]), /50 of 200/],
    ] as const) {
      serve('/all', body);
      expect(await run([partition('all', archive(format))])).toMatchObject({
        outcome: 'failed',
        error: expect.stringMatching(error),
      });
    }
    expect(matcher.keys('lines').all).toHaveLength(200);
  });
});

describe('several plans', () => {
  const index = (path: string): FeedPlan => ({
    kind: 'index',
    index: {
      request: { url: `${server.url}${path}`, bytesMax: 1000 },
      read: (_, text) => ({
        ok: true,
        value: { kind: 'partitions', partitions: text.split(' ').map((n) => partition(n)) },
      }),
    },
    fallback: [],
  });
  const plan = (): FeedPlan => ({
    kind: 'several',
    plans: [
      { name: 'one', plan: index('/one') },
      { name: 'two', plan: index('/two') },
    ],
  });

  it('of which one cannot be had: that is told, the others run, and what it brought before stays, by force too', async () => {
    for (const name of ['a', 'b', 'c', 'd']) serve(`/${name}`, lines(`CVE-${name} x`));
    serve('/one', 'a');
    serve('/two', gzipSync('b c d'));
    expect(await run(plan())).toMatchObject({ outcome: 'changed', error: '' });
    server.pages.set('/two', { body: '', faultForEver: { status: 403 } });
    serve('/a', lines('CVE-a x', 'CVE-e y'));
    for (const force of [false, true]) {
      expect((await run(plan(), { force })).error).toMatch(/^two: index http:\S+\/two: .*403$/);
      expect(matcher.keys('lines')).toEqual({ a: ['CVE-a', 'CVE-e'], b: ['CVE-b'], c: ['CVE-c'], d: ['CVE-d'] });
    }
    expect(await status()).toMatchObject({ advisories: 5, failedPartitions: 1, partitions: 4 });
    serve('/two', 'b c');
    expect(await run(plan())).toMatchObject({ error: '' });
    expect(Object.keys(matcher.keys('lines'))).toEqual(['a', 'b', 'c']);
  });
});

describe('an archive whose log of changes may be absent', () => {
  const copy = (mayBeAbsent: boolean) => {
    const changes = new ChangingSource(server).partition(10, mayBeAbsent ? { mayBeAbsent } : {}).changes;
    return partition('all.zip', { ...archive('zip'), ...(changes && { changes }) });
  };

  it('is asked for in every run while it has none', async () => {
    serve('/all.zip', zipOf([{ path: 'a.txt', content: lines('a 1') }]));
    expect(await run([copy(true)])).toMatchObject({ outcome: 'changed', error: '' });
    expect(await run([copy(true)])).toMatchObject({ outcome: 'unchanged', error: '' });
    serve('/all.zip', zipOf([{ path: 'b.txt', content: lines('b 1') }]));
    expect(await run([copy(true)])).toMatchObject({ outcome: 'changed', error: '' });
    expect(matcher.keys('lines')).toEqual({ 'all.zip': ['b'] });
  });

  it('fails in part where the source is known to have one', async () => {
    serve('/all.zip', zipOf([{ path: 'a.txt', content: lines('a 1') }]));
    expect(await run([copy(false)])).toMatchObject({
      outcome: 'changed',
      error: expect.stringContaining('log of changes'),
    });
  });
});
