import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { UpdaterServiceDefinition } from '@clair/contracts';
import type { Database } from '@clair/postgres';
import { createHttpServer, createLogger, createMetrics, inProcessClient } from '@clair/service-kit';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UpdaterService } from './service.ts';
import { type FeedServer, type Page, serveFeeds } from './testing/feed-server.ts';
import { RecordingMatcher } from './testing/recording-matcher.ts';
import {
  alpineDocument,
  alpineListing,
  type ConfigFixture,
  debianDocument,
  feedConfig,
  openUpdaterDatabase,
  updaterService,
} from './testing/updater-fixture.ts';

const SHORT = { timeout: '5s', idle_timeout: '200ms' };

let own: TestDatabase;
let db: Database;
let server: FeedServer;
let matcher: RecordingMatcher;
let nowMs: number;

beforeEach(async () => {
  own = await createTestDatabase();
  db = await openUpdaterDatabase(own.connstring);
  server = await serveFeeds();
  matcher = new RecordingMatcher();
  nowMs = Date.parse('2024-06-01T00:00:00Z');
});

afterEach(async () => {
  await server?.close();
  await db?.close();
  await own?.drop();
});

function service(config: Partial<ConfigFixture> = {}): UpdaterService {
  return updaterService({ db, matcher, config: feedConfig({ url: server.url, ...config }), clock: () => nowMs });
}

/** One run of one feed, an hour after the one before. */
async function run(feed = 'debian', { force = false, config = {} as Partial<ConfigFixture> } = {}) {
  nowMs += 3_600_000;
  const [outcome] = await service({ sets: ['debian', 'alpine'], limits: SHORT, ...config }).run([feed], { force });
  return outcome;
}

const debian = (page: Page) => server.pages.set('/debian.json', page);
const statusOf = async (feed = 'debian') =>
  (await service({ sets: ['debian', 'alpine'] }).statuses()).find((status) => status.feed === feed);
const fetchedAt = (feed = 'debian') => matcher.held.get(feed)?.fetchedAt;
const sent = () => matcher.updates.at(-1)?.partitions.map(({ name, removed }) => (removed ? `-${name}` : name));

function serveAlpine(branches: Record<string, readonly string[]>): void {
  for (const path of [...server.pages.keys()]) if (path.startsWith('/secdb/')) server.pages.delete(path);
  server.pages.set('/secdb/', { body: alpineListing(Object.keys(branches)) });
  for (const [branch, packages] of Object.entries(branches)) {
    const body = alpineDocument(branch, 'main', packages);
    server.pages.set(`/secdb/${branch}/main.json`, { body, etag: `"${packages.join()}"` });
  }
}

describe('what changed is sent, and nothing else', () => {
  it.each([
    ['an ETag', { etag: '"1"' }, 304],
    ['Last-Modified', { lastModified: 'Sat, 01 Jun 2024 00:00:00 GMT' }, 304],
    ['its content only', {}, 200],
  ])('a source that has %s', async (_, validators, status) => {
    debian({ body: debianDocument(200), ...validators });
    expect(await run()).toEqual({ feed: 'debian', outcome: 'changed', error: '', operation: 1 });
    expect(matcher.updates[0]?.header).toMatchObject({ feed: 'debian', fetchedAt: '2024-06-01T01:00:00.000Z' });
    expect(matcher.keys('debian').all).toHaveLength(200);

    expect(await run()).toEqual({ feed: 'debian', outcome: 'unchanged', error: '', operation: 0 });
    expect(server.seen.at(-1)?.status).toBe(status);
    expect(sent()).toEqual([]);
    expect(matcher.updates[1]?.header.fingerprint).toBe(matcher.updates[0]?.header.fingerprint);
    expect(fetchedAt()).toBe('2024-06-01T02:00:00.000Z');

    debian({ body: debianDocument(201), ...(Object.keys(validators).length > 0 && { etag: '"2"' }) });
    expect(await run()).toMatchObject({ outcome: 'changed' });
    expect(await statusOf()).toMatchObject({ advisories: 201, error: '', partitions: 1, failedPartitions: 0 });
  });

  it('remembers a new ETag of an old content', async () => {
    debian({ body: debianDocument(3), etag: '"1"' });
    await run();
    debian({ body: debianDocument(3), etag: '"2"' });
    await run();
    await run();
    expect(server.seen.map(({ status }) => status)).toEqual([200, 200, 304]);
  });

  it('sends the changed branch of two; ends one that is gone, but not most of them', async () => {
    serveAlpine({ 'v3.19': ['musl'], 'v3.20': ['musl'] });
    await run('alpine');
    expect(sent()).toEqual(['v3.19/main', 'v3.20/main']);
    serveAlpine({ 'v3.19': ['musl'], 'v3.20': ['busybox'] });
    await run('alpine');
    expect(sent()).toEqual(['v3.20/main']);

    server.pages.delete('/secdb/v3.19/main.json');
    expect(await run('alpine')).toMatchObject({ outcome: 'changed', error: '' });
    expect(sent()).toEqual(['-v3.19/main']);

    const before = fetchedAt('alpine');
    serveAlpine({ 'v3.21': ['zlib'] });
    expect((await run('alpine'))?.error).toContain('1 of 1 partitions are gone');
    expect(Object.keys(matcher.keys('alpine'))).toEqual(['v3.20/main', 'v3.21/main']);
    expect(fetchedAt('alpine')).toBe(before);
    expect(await run('alpine', { force: true })).toMatchObject({ outcome: 'changed', error: '' });
    expect(Object.keys(matcher.keys('alpine'))).toEqual(['v3.21/main']);
    expect(await statusOf('alpine')).toMatchObject({ advisories: 1, partitions: 1 });
  });

  it('a source without any of its documents is an error, on the first run too', async () => {
    server.pages.set('/secdb/', { body: alpineListing(['v3.20']) });
    expect(await run('alpine')).toMatchObject({ outcome: 'failed', error: expect.stringContaining('none of the 2') });
    expect(matcher.updates).toEqual([]);
  });

  it('a forced run sends all again, which changes nothing', async () => {
    debian({ body: debianDocument(3), etag: '"1"' });
    await run();
    expect(await run('debian', { force: true })).toMatchObject({ outcome: 'unchanged', error: '' });
    expect(sent()).toEqual(['all']);
    expect(server.seen.at(-1)?.status).toBe(200);
  });
});

describe('a document that is not believed costs its feed nothing', () => {
  const big = 1_500_000;
  it.each<[string, Page, RegExp, Record<string, unknown>?]>([
    ['HTML', { body: '<html><body>Sign in</body></html>' }, /all: /],
    ['cut JSON', { body: debianDocument(200).slice(0, -500) }, /all: /],
    ['empty', { body: '' }, /all: /],
    ['ten times its size', { body: `${debianDocument(200)}${' '.repeat(big)}` }, /larger than 1048576 bytes/],
    ['5 % bad', { body: debianDocument(200, { bad: 10 }) }, /10 of 200 records could not be read/],
    ['less than half', { body: debianDocument(99) }, /shrank from 200 to 99/],
    ['403 for ever', { body: '', faultForEver: { status: 403 } }, /403/],
    ['cut in the middle every time', { body: debianDocument(200), faultForEver: { cutAfterBytes: 999 } }, /all: /],
    ['hangs', { body: '', faultForEver: 'hang' }, /all: /, { timeout: '600ms', idle_timeout: '150ms' }],
  ])('%s', async (_, page, error, limits) => {
    debian({ body: debianDocument(200) });
    serveAlpine({ 'v3.20': ['musl'] });
    await run();
    await run('alpine');
    const before = { fetchedAt: fetchedAt(), keys: matcher.keys('debian'), success: (await statusOf())?.lastSuccessAt };
    const updates = matcher.updates.length;
    debian(page);
    expect(await run('debian', { config: { limits: limits ?? SHORT } })).toMatchObject({
      outcome: 'failed',
      error: expect.stringMatching(error),
    });
    expect(matcher.updates).toHaveLength(updates);
    expect({ fetchedAt: fetchedAt(), keys: matcher.keys('debian') }).toMatchObject({
      fetchedAt: before.fetchedAt,
      keys: before.keys,
    });
    expect(await statusOf()).toMatchObject({
      error: expect.stringMatching(error),
      lastSuccessAt: before.success,
      advisories: 200,
      failedPartitions: 1,
      stale: false,
    });
    expect(await run('alpine')).toMatchObject({ error: '' });
    debian({ body: debianDocument(200) });
    expect(await run()).toMatchObject({ outcome: 'unchanged', error: '' });
  });

  it('a secret in the query of a mirror is in no error', async () => {
    server.pages.set('/debian.json?token=s3cret', { body: '', faultForEver: { status: 403 } });
    const config = feedConfig({ url: server.url });
    const debianOptions = { json_url: `${server.url}/debian.json?token=s3cret` };
    const mirrored = { ...config, updaters: { ...config.updaters, config: { debian: debianOptions } } };
    const [outcome] = await updaterService({ db, matcher, config: mirrored }).run(['debian'], { force: false });
    expect(outcome?.error).toMatch(/debian\.json\?…: the server answered 403/);
    expect((await statusOf())?.error).not.toContain('s3cret');
  });

  it('5 % bad records are better than nothing, and are told', async () => {
    debian({ body: debianDocument(200, { bad: 10 }) });
    expect(await run()).toMatchObject({ outcome: 'changed', error: '' });
    await run();
    const status = await statusOf();
    expect(status).toMatchObject({ advisories: 190, rejectedRecords: 10 });
    expect(status?.rejections).toHaveLength(10);
  });

  it('a forced run takes one that shrank, and none of which nothing reads', async () => {
    debian({ body: debianDocument(200) });
    await run();
    serveAlpine({ 'v3.20': ['musl'] });
    await run('alpine');
    debian({ body: debianDocument(99) });
    expect(await run('debian', { force: true })).toMatchObject({ outcome: 'changed', error: '' });
    expect(matcher.keys('debian').all).toHaveLength(99);
    const unreadable = JSON.stringify({ distroversion: 'v3.20', reponame: 'main', packages: [1, 2] });
    server.pages.set('/secdb/v3.20/main.json', { body: unreadable });
    expect(await run('alpine', { force: true })).toMatchObject({
      outcome: 'failed',
      error: expect.stringContaining('none of 2'),
    });
    expect(matcher.keys('alpine')['v3.20/main']).toHaveLength(1);
  });

  it('a connection that breaks is gone on with where it broke; a 500 is asked again', async () => {
    debian({ body: debianDocument(2_000), etag: '"1"', faults: [{ status: 500 }, { cutAfterBytes: 5_000 }] });
    expect(await run()).toMatchObject({ outcome: 'changed', error: '' });
    expect(server.seen.map(({ status }) => status)).toEqual([500, 200, 206]);
    expect(server.seen[2]?.range).toMatch(/^bytes=[1-9]\d*-$/);
    expect(matcher.keys('debian').all).toHaveLength(2_000);
    serveAlpine({ 'v3.20': ['musl'] });
    server.pages.set('/secdb/', { body: alpineListing(['v3.20']), faults: [{ status: 503 }] });
    expect(await run('alpine')).toMatchObject({ outcome: 'changed', error: '' });
  });

  it('one branch that fails leaves the others, and the feed is not called fresh', async () => {
    serveAlpine({ 'v3.19': ['musl'], 'v3.20': ['musl'] });
    await run('alpine');
    const before = fetchedAt('alpine');
    serveAlpine({ 'v3.19': ['busybox'], 'v3.20': ['zlib'] });
    server.pages.set('/secdb/v3.19/main.json', { body: '{}' });
    expect(await run('alpine')).toMatchObject({ outcome: 'changed', error: expect.stringContaining('v3.19/main: ') });
    expect(sent()).toEqual(['v3.20/main']);
    expect(fetchedAt('alpine')).toBe(before);
    expect(Object.keys(matcher.keys('alpine'))).toEqual(['v3.19/main', 'v3.20/main']);
  });
});

describe('the matcher', () => {
  it.each(['all', 'apply'] as const)(
    'is away (%s): nothing counts as sent, and the next run sends it',
    async (away) => {
      debian({ body: debianDocument(3), etag: '"1"' });
      matcher.away = away;
      expect(await run()).toMatchObject({ outcome: 'failed', error: expect.stringContaining('away') });
      expect(await statusOf()).toMatchObject({ lastSuccessAt: '', advisories: 0, stale: true });
      matcher.away = 'no';
      expect(await run()).toMatchObject({ outcome: 'changed' });
      expect(server.seen.every(({ status }) => status === 200)).toBe(true);
    },
  );

  it('lost its data: it gets all of it, although nothing changed at the source', async () => {
    debian({ body: debianDocument(3), etag: '"1"' });
    await run();
    matcher.held.clear();
    expect(await run()).toMatchObject({ outcome: 'changed' });
    expect(matcher.keys('debian').all).toHaveLength(3);
  });
});

describe('replicas', () => {
  it('run a feed once at a time', async () => {
    debian({ body: debianDocument(3) });
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    matcher.onMessage = () => held;
    const first = service().run([], { force: false });
    while (server.seen.length === 0) await sleep(5);
    expect(await service().run([], { force: false })).toEqual([
      { feed: 'debian', outcome: 'busy', error: '', operation: 0 },
    ]);
    release();
    expect(await first).toMatchObject([{ outcome: 'changed' }]);
    expect(matcher.updates).toHaveLength(1);
  });

  it('take over when one is killed in the middle of a run', async () => {
    debian({ body: debianDocument(3), etag: '"1"' });
    const script = fileURLToPath(new URL('testing/interrupted-run.ts', import.meta.url));
    const child = spawn(process.execPath, [script, own.connstring, server.url, '2000'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    expect(String((await once(child.stdout, 'data'))[0])).toContain('sending');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await run()).toMatchObject({ outcome: 'busy' });
    await sleep(2_100);
    expect(await run()).toMatchObject({ outcome: 'changed', error: '' });
    expect(matcher.keys('debian').all).toHaveLength(3);
  });

  it('that stop in the middle leave everything as it was', async () => {
    debian({ body: debianDocument(3), etag: '"1"' });
    let sending = false;
    matcher.onMessage = () => {
      sending = true;
      return sleep(60_000, undefined, { ref: false });
    };
    const stopping = service();
    const running = stopping.run([], { force: false });
    while (!sending) await sleep(5);
    await stopping.stop();
    expect(await running).toMatchObject([{ outcome: 'failed', error: expect.stringContaining('ended before') }]);
    expect(await statusOf()).toMatchObject({ lastAttemptAt: '', error: '' });
    matcher.onMessage = () => Promise.resolve();
    expect(await run()).toMatchObject({ outcome: 'changed' });
  });
});

describe('doors', () => {
  it('HTTP v2 and gRPC show the feeds and run them', async () => {
    debian({ body: debianDocument(3) });
    const config = feedConfig({ url: server.url });
    const metrics = createMetrics({ processMetrics: false });
    const updater = updaterService({ db, matcher, config, metrics, clock: () => nowMs });
    const log = createLogger({ level: 'fatal', name: 'test' });
    const http = await createHttpServer({ config, log, metrics });
    updater.registerHttp(http);
    const post = (payload: object) => http.inject({ method: 'POST', url: '/updater/api/v2/feeds/run', payload });
    expect((await post({ feeds: ['debian', 'debian'] })).json()).toEqual({
      runs: [{ feed: 'debian', outcome: 'changed', error: '', operation: 1 }],
    });
    expect((await post({ feeds: ['nonesuch'] })).statusCode).toBe(400);
    expect((await post({ feeds: 'debian' })).statusCode).toBe(400);
    expect((await http.inject({ method: 'POST', url: '/updater/api/v2/feeds/run' })).json().runs).toHaveLength(1);
    const { feeds } = (await http.inject({ url: '/updater/api/v2/feeds' })).json();
    expect(feeds).toMatchObject([{ feed: 'debian', advisories: 3, error: '', stale: false, partitions: 1 }]);

    const client = inProcessClient(UpdaterServiceDefinition, updater.implementation);
    expect((await client.listFeedStatus({})).feeds).toMatchObject([{ feed: 'debian', advisories: 3 }]);
    expect(await client.runFeeds({ feeds: [], force: true })).toMatchObject({ runs: [{ outcome: 'unchanged' }] });
    await expect(client.runFeeds({ feeds: ['nonesuch'], force: false })).rejects.toThrow(
      /no such feed: nonesuch; configured: debian/,
    );
    expect(await metrics.registry.metrics()).toContain(
      'clair_updater_feed_runs_total{feed="debian",outcome="changed"} 1',
    );
    await http.close();
  });

  it('the schedule runs what is due, and not what is not', async () => {
    debian({ body: debianDocument(3) });
    const metrics = createMetrics({ processMetrics: false });
    const updater = updaterService({ db, matcher, config: feedConfig({ url: server.url }), metrics });
    await updater.start();
    await expect.poll(() => matcher.updates.length, { timeout: 10_000 }).toBe(1);
    await expect.poll(async () => (await updater.statuses())[0]?.lastSuccessAt).not.toBe('');
    await updater.stop();
    const [status] = await updater.statuses();
    expect(Date.parse(status?.nextRunAt ?? '') - Date.now()).toBeGreaterThan(5 * 3_600_000);
    expect(await metrics.registry.metrics()).toMatch(/clair_updater_feed_age_seconds\{feed="debian"\} \d/);
    const next = updaterService({ db, matcher, config: feedConfig({ url: server.url }) });
    await next.start();
    await sleep(300);
    await next.stop();
    expect(matcher.updates).toHaveLength(1);
  });

  it('a feed whose options cannot be used says so in its status', async () => {
    const config = feedConfig({ url: server.url });
    const broken = { ...config, updaters: { ...config.updaters, config: { debian: { json_url: 'no url' } } } };
    const updater = updaterService({ db, matcher, config: broken });
    expect(await updater.run([], { force: false })).toMatchObject([
      { outcome: 'failed', error: expect.stringContaining('json_url') },
    ]);
    expect(await updater.statuses()).toMatchObject([{ error: expect.stringContaining('json_url'), stale: true }]);
  });
});
