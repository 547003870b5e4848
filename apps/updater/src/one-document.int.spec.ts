import type { Database } from '@clair/postgres';
import { ServiceError } from '@clair/service-kit';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadPartitions } from './store/partitions.ts';
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

const FIRST = ['a 1', 'b 1', 'c 1', 'd 1', 'e 1', 'f 1'];
let nowMs = Date.parse('2024-06-10T12:00:00Z');

async function run(told: readonly string[], options: { force?: boolean; revision?: number } = {}) {
  nowMs += 3_600_000;
  server.pages.set('/all', { body: lines(...told) });
  const partitions = [linesPartition('all', `${server.url}/all`)];
  return runLines({ db, matcher, plan: { kind: 'partitions', partitions }, nowMs, ...options });
}

/** The last update, as far as it tells changes from a whole. */
function sent() {
  const { changesOnly, endedKeys, advisories, rejected } = matcher.updates.at(-1)?.partitions[0] ?? {};
  return { changesOnly, endedKeys, told: advisories?.map(({ key, description }) => `${key} ${description}`), rejected };
}

/** What the matcher has now, each key once. */
function held() {
  const { advisories = [] } = matcher.held.get('lines')?.partitions.get('all') ?? {};
  return advisories.map(({ key, description }) => `${key} ${description}`).sort();
}

async function known() {
  return (await loadPartitions(db, 'lines')).get('all')?.advisories;
}

describe('of a document that changed', () => {
  it('only what changed is sent: new, said differently, ended', async () => {
    await run(FIRST);
    expect(sent()).toEqual({ changesOnly: false, endedKeys: [], told: FIRST, rejected: 0 });
    expect(await run(['a 1', 'c 2', 'b 1', 'e 1', 'f 1', 'g 1'])).toMatchObject({ outcome: 'changed', error: '' });
    expect(sent()).toEqual({ changesOnly: true, endedKeys: ['d'], told: ['c 2', 'g 1'], rejected: 0 });
    expect(held()).toEqual(['a 1', 'b 1', 'c 2', 'e 1', 'f 1', 'g 1']);
    expect(await known()).toBe(6);
  });

  it('the next change is compared with what was sent last', async () => {
    await run(FIRST);
    await run([...FIRST.slice(0, 5), 'f 2']);
    await run(FIRST);
    expect(sent()).toMatchObject({ changesOnly: true, told: ['f 1'] });
    await run([...FIRST].reverse());
    expect(sent()).toMatchObject({ changesOnly: true, endedKeys: [], told: [] });
    expect(held()).toEqual(FIRST);
  });

  it('the rejected records are counted as in the whole', async () => {
    await run([...FIRST, '!x']);
    await run([...FIRST, 'g 1', '!x']);
    expect(sent()).toEqual({ changesOnly: true, endedKeys: [], told: ['g 1'], rejected: 1 });
  });
});

describe('the whole document is sent', () => {
  const whole = { changesOnly: false, endedKeys: [] };

  it('when most of it changed', async () => {
    await run(FIRST);
    const second = ['a 2', 'b 2', 'c 2', 'd 2', 'e 1', 'f 1'];
    await run(second);
    expect(sent()).toMatchObject({ ...whole, told: second });
  });

  it('when other records are rejected than before', async () => {
    await run([...FIRST, '!x']);
    await run([...FIRST, 'x 1']);
    expect(sent()).toMatchObject({ ...whole, rejected: 0 });
    expect(held()).toEqual([...FIRST, 'x 1']);
  });

  it('when a key comes twice in it', async () => {
    await run(FIRST);
    await run([...FIRST, 'a 2']);
    expect(sent()).toMatchObject({ ...whole, told: [...FIRST, 'a 2'] });
    await run([...FIRST, 'g 1']);
    expect(sent()).toMatchObject(whole);
  });

  it('when it is forced, or read in another way', async () => {
    await run(FIRST);
    await run([...FIRST, 'g 1'], { force: true });
    expect(sent()).toMatchObject(whole);
    await run([...FIRST, 'g 1', 'h 1'], { revision: 2 });
    expect(sent()).toMatchObject(whole);
    await run([...FIRST, 'g 1', 'h 1', 'i 1'], { revision: 2 });
    expect(sent()).toMatchObject({ changesOnly: true, told: ['i 1'] });
  });

  it('when the matcher has something else, also where only that is unknown here', async () => {
    await run(FIRST);
    matcher.away = 'apply';
    expect(await run([...FIRST, 'g 1'])).toMatchObject({ outcome: 'failed' });
    matcher.away = 'no';
    matcher.held.get('lines')?.partitions.set('all', { ...heldPartition(), fingerprint: 'of another updater' });
    await run([...FIRST, 'g 1']);
    expect(sent()).toMatchObject(whole);
  });

  it('when what was remembered is lost or damaged', async () => {
    await run(FIRST);
    await db.execute(`update updater.record_hashes set hashes = '\\x00'`);
    await run([...FIRST, 'g 1']);
    expect(sent()).toMatchObject(whole);
    await db.execute('delete from updater.record_hashes');
    await run([...FIRST, 'g 1', 'h 1']);
    expect(sent()).toMatchObject(whole);
  });

  it('at once, when the matcher loses the last one between its answer and the update', async () => {
    await run(FIRST);
    matcher.onMessage = () => {
      matcher.onMessage = () => Promise.resolve();
      matcher.held.clear();
      throw new ServiceError('failed-precondition', 'it is not held');
    };
    expect(await run([...FIRST, 'g 1'])).toMatchObject({ outcome: 'changed', error: '' });
    expect(sent()).toMatchObject(whole);
    expect(held()).toEqual([...FIRST, 'g 1']);
  });
});

function heldPartition() {
  const partition = matcher.held.get('lines')?.partitions.get('all');
  if (partition === undefined) throw new Error('the matcher has nothing');
  return partition;
}
