import type { Database } from '@clair/postgres';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadFeedStatus } from '../store/feed-status.ts';
import { loadPartitions } from '../store/partitions.ts';
import { ChangingSource } from '../testing/changing-source.ts';
import { type FeedServer, serveFeeds } from '../testing/feed-server.ts';
import { lines } from '../testing/lines-feed.ts';
import { runLines } from '../testing/lines-runner.ts';
import { RecordingMatcher } from '../testing/recording-matcher.ts';
import { openUpdaterDatabase } from '../testing/updater-fixture.ts';

/** What becomes of documents that the log of changes names and nobody can get. */
let own: TestDatabase;
let db: Database;
let server: FeedServer;
let matcher: RecordingMatcher;
let source: ChangingSource;

beforeEach(async () => {
  own = await createTestDatabase();
  db = await openUpdaterDatabase(own.connstring);
  server = await serveFeeds();
  matcher = new RecordingMatcher();
  source = new ChangingSource(server);
  source.set('a', '2024-06-01T01:00:00Z');
  source.set('b', '2024-06-09T01:00:00Z');
  source.publishArchive('2024-06-09T02:00:00Z');
  await run('2024-06-09T12:00:00Z');
  await run('2024-06-09T13:00:00Z');
  // The log has a new `a`, and its place is empty.
  source.set('a', '2024-06-10T01:00:00Z');
  server.pages.delete('/doc/a');
  source.asked();
});

afterEach(async () => {
  await server?.close();
  await db?.close();
  await own?.drop();
});

async function run(at: string) {
  const plan = { kind: 'partitions' as const, partitions: [source.partition(50)] };
  return runLines({ db, matcher, plan, nowMs: Date.parse(at) });
}

const held = () => matcher.keys('lines').all;
const said = (key: string) =>
  matcher.held
    .get('lines')
    ?.partitions.get('all')
    ?.advisories.find((one) => one.key === key)?.description;
const fetchedAt = () => matcher.held.get('lines')?.fetchedAt;
const missing = expect.stringMatching(/^all: 1 of \d changed documents could not be had: a: .*404$/);
const decided = expect.stringMatching(/1 of \d changed documents .* a: .*404; the whole, which is newer, was taken/);

/** The archive is made without `a`, which stays in the log of changes, and at no place. */
function publishWithout(publishedAt: string): void {
  source.set('a', '2024-06-10T01:00:00Z', null);
  source.publishArchive(publishedAt);
  source.set('a', '2024-06-10T01:00:00Z');
  server.pages.delete('/doc/a');
}

it('for two days they are waited for, and the others are taken', async () => {
  source.publishArchive('2024-06-10T12:00:00Z');
  source.set('b', '2024-06-11T01:00:00Z');
  expect(await run('2024-06-11T13:00:00Z')).toMatchObject({ outcome: 'changed', error: missing });
  expect(await run('2024-06-12T00:59:00Z')).toMatchObject({ outcome: 'unchanged', error: missing });
  expect(source.asked()).toEqual(['/doc/a', '/doc/a', '/doc/b']);
  expect([said('a'), said('b')]).toEqual(['as of 2024-06-01T01:00:00Z', 'as of 2024-06-11T01:00:00Z']);
});

it('then an archive that was begun after the change ends what it does not have, which is told once', async () => {
  publishWithout('2024-06-11T12:00:00Z');
  expect(await run('2024-06-12T02:00:00Z')).toMatchObject({ outcome: 'changed', error: decided });
  expect(source.asked()).toEqual(['/archive.tar.zst', '/doc/a']);
  expect(held()).toEqual(['b']);
  expect(fetchedAt()).toBe('2024-06-09T13:00:00.000Z');

  expect(await run('2024-06-12T02:10:00Z')).toEqual({ feed: 'lines', outcome: 'unchanged', error: '', operation: 0 });
  expect(source.asked()).toEqual([]);
  expect(fetchedAt()).toBe('2024-06-12T02:10:00.000Z');
  expect((await loadFeedStatus(db))[0]).toMatchObject({ failedPartitions: 0, advisories: 1 });
});

it('what the archive has of them is taken, and nothing is lost that changed since it was begun', async () => {
  source.publishArchive('2024-06-11T12:00:00Z');
  source.set('b', '2024-06-11T13:00:00Z');
  expect(await run('2024-06-11T14:00:00Z')).toMatchObject({ error: missing });
  source.set('c', '2024-06-12T01:30:00Z');
  expect(await run('2024-06-12T02:00:00Z')).toMatchObject({ error: decided });
  expect(said('a')).toBe('as of 2024-06-10T01:00:00Z');
  expect(await run('2024-06-12T02:10:00Z')).toMatchObject({ outcome: 'changed', error: '' });
  expect([said('b'), said('c')]).toEqual(['as of 2024-06-11T13:00:00Z', 'as of 2024-06-12T01:30:00Z']);
});

it('an archive that may have been begun before decides nothing, and is sent once', async () => {
  publishWithout('2024-06-11T01:00:00Z');
  source.set('b', '2024-06-12T01:00:00Z');
  const statuses = async (at: string) => {
    server.seen.splice(0);
    expect((await run(at)).error).toEqual(missing);
    return server.seen.filter(({ path }) => path === '/archive.tar.zst').map(({ status }) => status);
  };
  expect(await statuses('2024-06-12T02:00:00Z')).toEqual([200]);
  expect(await statuses('2024-06-12T02:10:00Z')).toEqual([304]);
  expect(held()).toEqual(['a', 'b']);
  expect(said('b')).toBe('as of 2024-06-12T01:00:00Z');

  publishWithout('2024-06-12T03:00:00Z');
  expect((await run('2024-06-12T04:00:00Z')).error).toEqual(decided);
  expect((await run('2024-06-12T04:10:00Z')).error).toBe('');
  expect(held()).toEqual(['b']);
});

it('an archive that is not believed is told, and what changed is taken without it', async () => {
  server.pages.set('/archive.tar.zst', { body: '<html>', lastModified: 'Tue, 11 Jun 2024 12:00:00 GMT' });
  source.set('b', '2024-06-12T01:00:00Z', lines('b new'));
  expect(await run('2024-06-12T02:00:00Z')).toMatchObject({
    outcome: 'changed',
    error: expect.stringMatching(/a: .*404; the whole: the content is 6 bytes/),
  });
  expect([said('a'), said('b')]).toEqual(['as of 2024-06-01T01:00:00Z', 'new']);
});

it('however many of them there are, what is newer is taken', async () => {
  for (let i = 10; i < 40; i++) {
    source.set(`x${i}`, '2024-06-10T02:00:00Z');
    server.pages.delete(`/doc/x${i}`);
  }
  source.set('b', '2024-06-10T03:00:00Z');
  expect(await run('2024-06-10T12:00:00Z')).toMatchObject({ error: expect.stringContaining('31 of 32') });
  expect(said('b')).toBe('as of 2024-06-10T03:00:00Z');
  expect((await loadPartitions(db, 'lines')).get('all')?.changes).toEqual({
    since: '2024-06-10T01:00:00.000Z',
    taken: new Map([['b', '2024-06-10T03:00:00Z']]),
  });
});
