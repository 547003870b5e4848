import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { Database } from '@clair/postgres';
import { ServiceError } from '@clair/service-kit';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadFeedStatus } from './store/feed-status.ts';
import { loadPartitions } from './store/partitions.ts';
import { ChangingSource } from './testing/changing-source.ts';
import { type FeedServer, serveFeeds } from './testing/feed-server.ts';
import { lines } from './testing/lines-feed.ts';
import { runLines } from './testing/lines-runner.ts';
import { RecordingMatcher } from './testing/recording-matcher.ts';
import { openUpdaterDatabase } from './testing/updater-fixture.ts';

let own: TestDatabase;
let db: Database;
let server: FeedServer;
let matcher: RecordingMatcher;
let source: ChangingSource;
let nowMs: number;

beforeEach(async () => {
  own = await createTestDatabase();
  db = await openUpdaterDatabase(own.connstring);
  server = await serveFeeds();
  matcher = new RecordingMatcher();
  source = new ChangingSource(server);
  nowMs = Date.parse('2024-06-10T12:00:00Z');
});

afterEach(async () => {
  await server?.close();
  await db?.close();
  await own?.drop();
});

async function run(options: { force?: boolean; revision?: number; documentsMax?: number } = {}) {
  nowMs += 3_600_000;
  const plan = { kind: 'partitions' as const, partitions: [source.partition(options.documentsMax)] };
  return runLines({ db, matcher, plan, nowMs, ...options });
}

const last = () => matcher.updates.at(-1)?.partitions[0];
const held = () => matcher.keys('lines').all;
const said = (key: string) =>
  matcher.held
    .get('lines')
    ?.partitions.get('all')
    ?.advisories.find((one) => one.key === key)?.description;
const status = async () => (await loadFeedStatus(db))[0];
const following = async () => (await loadPartitions(db, 'lines')).get('all')?.changes;

/** Three documents, and an archive of the second of June: so the changes of the first are asked for once more. */
async function loaded(): Promise<void> {
  source.set('a', '2024-06-01T01:00:00Z');
  source.set('b', '2024-06-01T02:00:00Z');
  source.set('c', '2024-05-01T00:00:00Z');
  source.publishArchive('2024-06-02T01:30:00Z');
  expect(await run()).toMatchObject({ outcome: 'changed', error: '' });
  expect(source.asked()).toEqual(['/archive.tar.zst']);
}

/** As {@link loaded}, and what is newer than the archive was asked for too. */
async function followed(): Promise<void> {
  await loaded();
  expect(await run()).toMatchObject({ outcome: 'unchanged', error: '' });
  expect(source.asked()).toEqual(['/doc/b']);
}

describe('a source that tells what changed', () => {
  it('is loaded whole, then asked for what is newer than its archive, then for nothing', async () => {
    await followed();
    expect(held()).toEqual(['a', 'b', 'c']);
    expect(last()).toMatchObject({ changesOnly: true, endedKeys: [] });
    expect(await run()).toEqual({ feed: 'lines', outcome: 'unchanged', error: '', operation: 0 });
    expect(source.asked()).toEqual([]);
    expect(matcher.updates.at(-1)?.partitions).toEqual([]);
    expect(await status()).toMatchObject({ advisories: 3, failedPartitions: 0, partitions: 1 });
  });

  it('sends what changed and ends what was withdrawn, by the log or by its own word', async () => {
    await followed();
    const before = last()?.fingerprint;
    source.set('a', '2024-06-10T01:00:00Z');
    source.set('d', '2024-06-10T01:00:00Z');
    source.set('b', '2024-06-10T02:00:00Z', lines());
    source.set('c', '2024-06-10T03:00:00Z', null);
    expect(await run()).toMatchObject({ outcome: 'changed', error: '' });
    expect(source.asked()).toEqual(['/doc/a', '/doc/b', '/doc/d']);
    expect(last()).toMatchObject({ changesOnly: true, endedKeys: ['b', 'c'] });
    expect(last()?.fingerprint).not.toBe(before);
    expect(held()).toEqual(['a', 'd']);
    expect(said('a')).toBe('as of 2024-06-10T01:00:00Z');
    expect(await status()).toMatchObject({ advisories: 2 });
    expect(await run()).toMatchObject({ outcome: 'unchanged' });
    expect(source.asked()).toEqual([]);
  });

  it('is asked for a line that comes late, and for a second change at the same time', async () => {
    await followed();
    source.set('a', '2024-06-10T02:00:00Z');
    await run();
    source.set('d', '2024-06-10T01:30:00Z');
    source.set('e', '2024-06-10T02:00:00Z');
    source.asked();
    await run();
    expect(source.asked()).toEqual(['/doc/d', '/doc/e']);
    expect(held()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('leaves nothing in the work directory', async () => {
    vi.stubEnv('TMPDIR', mkdtempSync(`${tmpdir()}/clair-change-log-`));
    await followed();
    source.set('a', '2024-06-10T02:00:00Z');
    await run();
    expect(() => rmdirSync(tmpdir()), 'it is empty').not.toThrow();
    vi.unstubAllEnvs();
  });
});

describe('a document that', () => {
  it('is not at its place, though the log does not say that it is withdrawn, keeps what it said and is asked for again', async () => {
    await followed();
    source.set('a', '2024-06-10T01:00:00Z');
    server.pages.delete('/doc/a');
    expect(await run()).toMatchObject({ error: expect.stringMatching(/1 of 1 changed documents .* a: .*404$/) });
    expect(held()).toContain('a');
    source.asked();
    await run();
    expect(source.asked()).toEqual(['/doc/a']);
  });

  it('cannot be had is told and asked for again; the others are taken, once', async () => {
    await followed();
    source.set('a', '2024-06-10T01:00:00Z');
    source.set('b', '2024-06-10T03:00:00Z');
    server.pages.set('/doc/a', { body: '', faultForEver: { status: 403 } });
    const fetchedAt = matcher.held.get('lines')?.fetchedAt;
    expect(await run()).toMatchObject({
      outcome: 'changed',
      error: expect.stringMatching(/^all: 1 of 2 changed documents could not be had: a: .*403$/),
    });
    expect(await status()).toMatchObject({ failedPartitions: 1, advisories: 3 });
    expect(matcher.held.get('lines')?.fetchedAt).toBe(fetchedAt);
    expect([said('a'), said('b')]).toEqual(['as of 2024-06-01T01:00:00Z', 'as of 2024-06-10T03:00:00Z']);
    source.asked();

    expect((await run()).error).toContain('1 of 1 changed documents');
    expect(source.asked()).toEqual(['/doc/a']);
    source.set('a', '2024-06-10T01:00:00Z');
    expect(await run()).toMatchObject({ outcome: 'changed', error: '' });
    expect(source.asked()).toEqual(['/doc/a']);
    expect(said('a')).toBe('as of 2024-06-10T01:00:00Z');
  });

  it('cannot be read is a rejection, and what it said stays', async () => {
    await followed();
    source.set('a', '2024-06-10T01:00:00Z', '<html>');
    source.set('b', '2024-06-10T01:00:00Z', lines('!b'));
    source.set('c', '2024-06-10T01:00:00Z', lines('c half of it', 'cut'));
    expect(await run()).toMatchObject({ outcome: 'unchanged', error: '' });
    expect(last()).toMatchObject({ endedKeys: [], advisories: [], rejected: 3 });
    expect(held()).toEqual(['a', 'b', 'c']);
    expect(await status()).toMatchObject({
      rejectedRecords: 3,
      rejections: [expect.stringContaining('all '), expect.anything(), expect.anything()],
    });
  });
});

describe('the whole is fetched again', () => {
  it.each<[string, () => void, Parameters<typeof run>[0]]>([
    ['when the matcher lost it', () => matcher.held.clear(), {}],
    ['when it is read in another way', () => {}, { revision: 2 }],
    ['when it is forced', () => {}, { force: true }],
    [
      'when the matcher has something else',
      () => {
        const partitions = matcher.held.get('lines')?.partitions;
        const all = partitions?.get('all');
        if (all !== undefined) partitions?.set('all', { ...all, fingerprint: 'r1:else' });
      },
      {},
    ],
  ])('%s', async (_, upset, options) => {
    await followed();
    upset();
    expect((await run(options)).error).toBe('');
    expect(source.asked()).toContain('/archive.tar.zst');
    expect(last()).toMatchObject({ changesOnly: false });
    expect(held()).toEqual(['a', 'b', 'c']);
    expect((await following())?.since).toBe('2024-06-01T01:30:00.000Z');
  });

  it('when too much changed and the archive is newer; else the oldest changes come first', async () => {
    await followed();
    for (const key of ['d', 'e', 'f', 'g', 'h']) source.set(key, `2024-06-10T0${key.charCodeAt(0) - 99}:00:00Z`);
    expect(await run({ documentsMax: 3 })).toMatchObject({ outcome: 'changed', error: '' });
    expect(source.asked()).toEqual(['/archive.tar.zst', '/doc/d', '/doc/e', '/doc/f']);
    expect(await run({ documentsMax: 3 })).toMatchObject({ outcome: 'changed', error: '' });
    expect(source.asked()).toEqual(['/doc/g', '/doc/h']);
    expect(held()).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);

    for (const key of ['d', 'e', 'f', 'g', 'h']) source.set(key, '2024-06-10T10:00:00Z');
    source.publishArchive('2024-06-10T11:00:00Z');
    await run({ documentsMax: 3 });
    expect(source.asked()).toEqual(['/archive.tar.zst']);
    expect(last()).toMatchObject({ changesOnly: false });
    expect(said('h')).toBe('as of 2024-06-10T10:00:00Z');
  });

  it('when the log cannot be read, and that is told; but never an archive older than what is held', async () => {
    await followed();
    source.set('a', '2024-06-10T01:00:00Z');
    await run();
    server.pages.set('/changes.csv', { body: '', faultForEver: { status: 403 } });
    source.asked();
    expect(await run()).toMatchObject({ outcome: 'unchanged', error: expect.stringContaining('the log of changes') });
    expect(source.asked()).toEqual(['/archive.tar.zst']);
    expect(said('a')).toBe('as of 2024-06-10T01:00:00Z');

    source.publishArchive('2024-06-10T14:00:00Z');
    server.pages.set('/changes.csv', { body: 'a,yesterday\n' });
    expect(await run()).toMatchObject({ error: expect.stringContaining('a changed at yesterday') });
    expect(last()).toMatchObject({ changesOnly: false });
    expect((await following())?.since).toBe('2024-06-09T14:00:00.000Z');
    source.publishLogs();
    expect(await run()).toMatchObject({ error: '' });
  });

  it('at once, when the matcher loses it between its answer and the update', async () => {
    await followed();
    source.set('a', '2024-06-10T01:00:00Z');
    let refused = 0;
    matcher.onMessage = async () => {
      if (refused++ === 0) throw new ServiceError('failed-precondition', 'not held; send it whole');
    };
    expect(await run()).toMatchObject({ error: '' });
    expect(last()).toMatchObject({ changesOnly: false });
  });
});

describe('a process that dies', () => {
  it('after the matcher took a delta: the next run finds it taken', async () => {
    await followed();
    const before = await loadPartitions(db, 'lines');
    const row = await db.query('select * from updater.partition_state');
    source.set('a', '2024-06-10T01:00:00Z');
    source.set('c', '2024-06-10T01:00:00Z', null);
    await run();
    const fingerprint = matcher.held.get('lines')?.partitions.get('all')?.fingerprint;
    await forgetLastRun(row[0]);
    expect((await loadPartitions(db, 'lines')).get('all')).toEqual(before.get('all'));
    source.asked();

    expect(await run()).toMatchObject({ outcome: 'unchanged', error: '' });
    expect(source.asked()).toEqual(['/doc/a']);
    expect(matcher.updates.at(-1)?.partitions).toEqual([]);
    expect((await loadPartitions(db, 'lines')).get('all')?.contentHash).toBe(fingerprint);
    expect(await run()).toMatchObject({ outcome: 'unchanged' });
    expect(source.asked()).toEqual([]);
  });

  it('and the log went on meanwhile: the whole is fetched, and then what is newer', async () => {
    await followed();
    const row = await db.query('select * from updater.partition_state');
    source.set('a', '2024-06-10T01:00:00Z');
    await run();
    await forgetLastRun(row[0]);
    source.set('b', '2024-06-10T02:00:00Z');
    await run();
    await run();
    expect([said('a'), said('b')]).toEqual(['as of 2024-06-10T01:00:00Z', 'as of 2024-06-10T02:00:00Z']);
  });

  async function forgetLastRun(row: unknown): Promise<void> {
    await db.execute('delete from updater.partition_state');
    await db.execute(
      'insert into updater.partition_state select * from jsonb_populate_record(null::updater.partition_state, $1::jsonb)',
      [JSON.stringify(row)],
    );
  }
});

it('a delta that is not believed is not taken: most of it unreadable, or most of what there was withdrawn', async () => {
  for (let i = 0; i < 120; i++) source.set(`k${i}`, '2024-05-01T00:00:00Z');
  source.publishArchive('2024-06-02T00:00:00Z');
  await run({ documentsMax: 1000 });
  await run({ documentsMax: 1000 });
  for (let i = 0; i < 70; i++) source.set(`k${i}`, '2024-06-10T00:00:00Z', null);
  expect(await run({ documentsMax: 1000 })).toMatchObject({
    error: expect.stringContaining('70 of 120 advisories were withdrawn'),
  });
  for (let i = 0; i < 120; i++) source.set(`k${i}`, '2024-06-10T00:00:00Z', '<html>');
  expect(await run({ documentsMax: 1000 })).toMatchObject({
    error: expect.stringContaining('120 of 120 changed records'),
  });
  expect(held()).toHaveLength(120);
});
