import { type Database, migrate, openDatabase } from '@clair/postgres';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { handleApplyUpdate } from '../grpc/apply-update.ts';
import { handleListFeeds } from '../grpc/list-feeds.ts';
import { loadFeedStates } from '../store/feeds.ts';
import { migrations } from '../store/migrations.ts';
import { fakeIndexer, inventory, matcherDeps } from '../testing/matcher-fixture.ts';
import { rowsChanged } from '../testing/rows-changed.ts';
import { advisory, affectedRow, type UpdateFixture, updateMessages } from '../testing/update-fixture.ts';

let template: TestDatabase;
let own: TestDatabase;
let db: Database;

beforeAll(async () => {
  template = await createTestDatabase();
  const migrating = openDatabase({ connstring: template.connstring, schema: 'matcher', applicationName: 'test' });
  await migrate(migrating, migrations);
  await migrating.close();
});

afterAll(async () => {
  await template?.drop();
});

beforeEach(async () => {
  own = await createTestDatabase({ template: template.connstring });
  db = openDatabase({ connstring: own.connstring, schema: 'matcher', applicationName: 'test' });
  return async () => {
    await db.close();
    await own.drop();
  };
});

const apply = (update: UpdateFixture) =>
  handleApplyUpdate(matcherDeps(db, fakeIndexer(inventory())), updateMessages(update));

const THREE = [
  advisory('CVE-1', {
    affected: [affectedRow(), affectedRow({ namespace: 'debian:11', range: {}, fixState: 'not-fixed' })],
  }),
  advisory('CVE-2'),
  advisory('CVE-3', { affected: [affectedRow({ package: 'zlib' })] }),
];

describe('ApplyUpdate', () => {
  it('loads a feed for the first time and says so', async () => {
    const answer = await apply({ partitions: [{ advisories: THREE }] });
    expect(answer).toMatchObject({
      operation: 1,
      unchanged: false,
      affectedAdded: 4,
      affectedRemoved: 0,
      advisoriesChanged: 3,
    });
    // feed twice (made to be locked, then filled), its sums, partition, the namespace it claims, 3 advisories, 3 revisions, 2 namespaces, 4 affected,
    // operation, counter, event.
    expect(answer.rowsWritten).toBe(2 + 1 + 1 + 1 + 3 + 3 + 2 + 4 + 3);
    const [event] = await db.query<{ body: unknown }>('select body from matcher.outbox');
    expect(event?.body).toMatchObject({ data: { operation: 1, feed: 'debian', firstLoad: true } });
    const { feeds } = await handleListFeeds({ db });
    expect(feeds).toMatchObject([
      { feed: 'debian', operation: 1, advisories: 3, affected: 4, partitions: [{ name: 'all' }] },
    ]);
  });

  it('writes one row when nothing changed, and no operation', async () => {
    await apply({ partitions: [{ advisories: THREE }] });
    const shuffled = [...THREE].reverse().map((one) => ({ ...one, affected: [...one.affected].reverse() }));
    const changed = await rowsChanged(db, async () => {
      const answer = await apply({ fetchedAt: '2024-06-01T05:00:00Z', partitions: [{ advisories: shuffled }] });
      expect(answer).toEqual({
        operation: 0,
        unchanged: true,
        affectedAdded: 0,
        affectedRemoved: 0,
        advisoriesChanged: 0,
        rowsWritten: 1,
      });
    });
    expect(changed).toEqual({ feed: 1 });
    const { feeds } = await handleListFeeds({ db });
    expect(feeds[0]?.fetchedAt).toBe('2024-06-01T05:00:00.000Z');
  });

  it('writes one row when the source was asked and sent no partition', async () => {
    await apply({ partitions: [{ advisories: THREE }] });
    const changed = await rowsChanged(db, async () => {
      expect((await apply({ fingerprint: 'f2' })).rowsWritten).toBe(1);
    });
    expect(changed).toEqual({ feed: 1 });
  });

  it('writes rows in proportion to a change', async () => {
    await apply({ partitions: [{ advisories: THREE }] });
    const changed = await rowsChanged(db, async () => {
      const moved = advisory('CVE-2', { affected: [affectedRow({ range: { fixed: '3.0.12-1' } })] });
      const answer = await apply({
        partitions: [{ advisories: [THREE[0], moved, THREE[2]].filter((one) => one !== undefined) }],
      });
      expect(answer).toMatchObject({
        operation: 2,
        affectedAdded: 1,
        affectedRemoved: 1,
        advisoriesChanged: 1,
        rowsWritten: 7,
      });
    });
    expect(changed).toEqual({
      feed: 1,
      advisory: 1,
      affected: 2,
      update_operation: 1,
      operation_counter: 1,
      outbox: 1,
    });
  });

  it('does not touch affected rows when only the words changed', async () => {
    await apply({ partitions: [{ advisories: THREE }] });
    const changed = await rowsChanged(db, async () => {
      const said = { ...advisory('CVE-2'), description: 'said otherwise' };
      const answer = await apply({
        partitions: [{ advisories: [...THREE.filter(({ key }) => key !== 'CVE-2'), said] }],
      });
      expect(answer).toMatchObject({ operation: 2, affectedAdded: 0, affectedRemoved: 0, advisoriesChanged: 1 });
    });
    expect(changed).toEqual({
      feed: 1,
      advisory: 1,
      advisory_revision: 2,
      update_operation: 1,
      operation_counter: 1,
      outbox: 1,
    });
  });

  it('ends an advisory that is gone, and gives it the same identity when it comes back', async () => {
    await apply({ partitions: [{ advisories: THREE }] });
    const gone = await apply({ partitions: [{ advisories: THREE.slice(1) }] });
    expect(gone).toMatchObject({ operation: 2, affectedAdded: 0, affectedRemoved: 2, advisoriesChanged: 1 });
    const back = await apply({ partitions: [{ advisories: THREE }] });
    expect(back).toMatchObject({ operation: 3, affectedAdded: 2, affectedRemoved: 0, advisoriesChanged: 1 });
    expect(await db.query('select key from matcher.advisory where content is not null order by key')).toHaveLength(3);
    expect((await handleListFeeds({ db })).feeds[0]).toMatchObject({ advisories: 3, affected: 4 });
  });

  it('replaces only the partitions that are named, and ends those that are removed', async () => {
    const a = { name: 'a', namespaces: ['debian:11'], advisories: [advisory('CVE-1')] };
    const b = { name: 'b', advisories: [advisory('CVE-1'), advisory('CVE-2')] };
    await apply({ partitions: [a, b] });
    expect(await apply({ partitions: [{ ...b, advisories: [advisory('CVE-1')] }] })).toMatchObject({
      affectedRemoved: 1,
    });
    expect(await apply({ partitions: [{ name: 'a', removed: true, namespaces: [] }] })).toMatchObject({
      affectedRemoved: 1,
    });
    const { feeds } = await handleListFeeds({ db });
    expect(feeds[0]).toMatchObject({ advisories: 1, affected: 1, partitions: [{ name: 'b' }] });
    expect(await db.query('select namespaces from matcher.feed')).toEqual([{ namespaces: ['debian:12'] }]);
    expect(await apply({ partitions: [{ name: 'a', removed: true, namespaces: [] }] })).toMatchObject({
      unchanged: true,
    });
  });

  it.each([
    ['is cut short', { cut: true }, 'without a commit'],
    ['says another count', { committed: 4 }, '4 were sent'],
    ['names a partition twice', { partitions: [{ advisories: THREE }, {}] }, 'comes twice'],
    ['has a removed partition with advisories', { partitions: [{ removed: true, advisories: THREE }] }, 'removed'],
    ['has a bad feed id', { feed: '../x' }, 'feed id'],
    ['has a bad time', { fetchedAt: 'yesterday' }, 'RFC 3339'],
  ])('changes nothing when the stream %s', async (_, update, message) => {
    await apply({ partitions: [{ advisories: THREE.slice(0, 1) }] });
    const changed = await rowsChanged(db, async () => {
      await expect(apply({ partitions: [{ advisories: THREE }], ...update })).rejects.toMatchObject({
        kind: 'invalid-argument',
        message: expect.stringContaining(message),
      });
    });
    expect(changed).toEqual({});
  });

  it('changes nothing when the stream breaks', async () => {
    async function* broken() {
      yield* updateMessages({ cut: true, partitions: [{ advisories: THREE }] });
      throw new Error('connection reset');
    }
    const changed = await rowsChanged(db, async () => {
      const answer = handleApplyUpdate(matcherDeps(db, fakeIndexer(inventory())), broken());
      await expect(answer).rejects.toThrow('connection reset');
    });
    expect(changed).toEqual({});
  });

  it('rejects and counts the records it cannot take, and takes the others', async () => {
    const answer = await apply({
      partitions: [
        {
          rejectedRecords: 2,
          advisories: [
            advisory('CVE-1'),
            advisory('CVE-1', { description: 'a second record' }),
            advisory('CVE-2', { issued: 'last year' }),
            advisory(`CVE-${'9'.repeat(2_000)}`),
            advisory('CVE-3', { description: 'nul \u0000 byte' }),
          ],
        },
      ],
    });
    expect(answer.advisoriesChanged).toBe(2);
    expect((await handleListFeeds({ db })).feeds[0]).toMatchObject({ rejectedRecords: 5, advisories: 2 });
    const texts = await db.query('select description from matcher.advisory_revision order by name');
    expect(texts).toEqual([{ description: 'about CVE-1' }, { description: 'nul \uFFFD byte' }]);
  });

  it('does not count a namespace as looked at of which the feed has no row', async () => {
    const claimed = ['debian:10', 'debian:12'];
    await apply({ partitions: [{ namespaces: claimed, advisories: [advisory('CVE-1')] }] });
    expect((await loadFeedStates(db)).feeds[0]?.namespaces).toEqual(['debian:12']);
    const old = advisory('CVE-2', { affected: [affectedRow({ namespace: 'debian:10' })] });
    await apply({ partitions: [{ namespaces: claimed, fingerprint: 'p2', advisories: [advisory('CVE-1'), old] }] });
    expect((await loadFeedStates(db)).feeds[0]?.namespaces).toEqual(claimed);
  });

  it('takes more than one batch', async () => {
    const many = Array.from({ length: 2_500 }, (_, index) => advisory(`CVE-${index}`));
    expect(await apply({ partitions: [{ advisories: many }] })).toMatchObject({ affectedAdded: 2_500 });
    expect(await apply({ partitions: [{ advisories: many }] })).toMatchObject({ rowsWritten: 1 });
    expect(await apply({ partitions: [{ advisories: many.slice(1) }] })).toMatchObject({
      affectedRemoved: 1,
      rowsWritten: 7,
    });
  });

  it('applies concurrent updates of one feed one after the other, and of many feeds in one order of numbers', async () => {
    const updates = Array.from({ length: 8 }, (_, index) => ({
      feed: index < 4 ? 'same' : `feed-${index}`,
      partitions: [{ advisories: [advisory('CVE-1', { description: `told by ${index}` })] }],
    }));
    const answers = await Promise.all(updates.map(apply));
    expect(answers.map(({ operation }) => operation).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const live = await db.query('select count(*) as n from matcher.affected where valid_to is null');
    expect(live).toEqual([{ n: 5 }]);
    expect(await db.query('select count(*) as n from matcher.update_operation where first_load')).toEqual([{ n: 5 }]);
  });

  it('never shows an operation before one with a lower number', async () => {
    let stop = false;
    const seen: number[][] = [];
    const watching = (async () => {
      while (!stop) {
        const rows = await db.query<{ id: number }>('select id from matcher.update_operation order by id');
        seen.push(rows.map(({ id }) => id));
      }
    })();
    const updates = Array.from({ length: 12 }, (_, index) =>
      apply({ feed: `feed-${index}`, partitions: [{ advisories: THREE }] }),
    );
    await Promise.all(updates);
    stop = true;
    await watching;
    for (const ids of seen) expect(ids).toEqual(ids.map((_, index) => index + 1));
    expect(seen.at(-1)?.length).toBeGreaterThan(0);
  });
});
