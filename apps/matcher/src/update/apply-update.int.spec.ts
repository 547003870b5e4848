import { type Database, migrate, openDatabase } from '@clair/postgres';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { handleApplyUpdate } from '../grpc/apply-update.ts';
import { handleListFeeds } from '../grpc/list-feeds.ts';
import { loadFeedStates } from '../store/feeds.ts';
import { migrations } from '../store/migrations.ts';
import { fakeIndexer, inventory, matcherDeps } from '../testing/matcher-fixture.ts';
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

/** Every row of the schema, so that "nothing changed" is seen and not believed. `xmin` shows a row that was written again. */
async function everything(): Promise<Record<string, unknown[]>> {
  const tables = [
    'feed',
    'partition',
    'advisory',
    'advisory_revision',
    'affected',
    'update_operation',
    'operation_counter',
    'outbox',
  ];
  const rows = await Promise.all(
    tables.map(
      async (table) => [table, await db.query(`select xmin::text, t.* from matcher.${table} t order by 2, 3`)] as const,
    ),
  );
  return Object.fromEntries(rows);
}

async function rowsChanged(work: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = await everything();
  await work();
  const after = await everything();
  const changed = Object.entries(after).map(([table, rows]) => {
    const known = new Set((before[table] ?? []).map((row) => JSON.stringify(row)));
    return [table, rows.filter((row) => !known.has(JSON.stringify(row))).length] as const;
  });
  return Object.fromEntries(changed.filter(([, count]) => count > 0));
}

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
    // feed twice (made to be locked, then filled), its sums, partition, 3 advisories, 3 revisions, 2 namespaces, 4 affected,
    // operation, counter, event.
    expect(answer.rowsWritten).toBe(2 + 1 + 1 + 3 + 3 + 2 + 4 + 3);
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
    const changed = await rowsChanged(async () => {
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
    const changed = await rowsChanged(async () => {
      expect((await apply({ fingerprint: 'f2' })).rowsWritten).toBe(1);
    });
    expect(changed).toEqual({ feed: 1 });
  });

  it('writes rows in proportion to a change', async () => {
    await apply({ partitions: [{ advisories: THREE }] });
    const changed = await rowsChanged(async () => {
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
    const changed = await rowsChanged(async () => {
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
    const changed = await rowsChanged(async () => {
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
    const changed = await rowsChanged(async () => {
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

describe('a partition of which only the changes come', () => {
  const changes = (fields: object) => apply({ partitions: [{ fingerprint: 'p2', changesOnly: true, ...fields }] });
  const live = async () => {
    const rows = await db.query<{ key: string }>(
      'select key from matcher.advisory where content is not null order by key',
    );
    return rows.map(({ key }) => key);
  };

  it('keeps the others, replaces what is said, ends what is named; and sent twice it is the same', async () => {
    await apply({ partitions: [{ advisories: THREE }] });
    const moved = advisory('CVE-2', { affected: [affectedRow({ range: { fixed: '3.0.12-1' } })] });
    const delta = { advisories: [moved, advisory('CVE-4')], endedKeys: ['CVE-1', 'CVE-1', 'CVE-9'] };
    expect(await changes(delta)).toMatchObject({
      operation: 2,
      affectedAdded: 2,
      affectedRemoved: 3,
      advisoriesChanged: 3,
    });
    expect(await live()).toEqual(['CVE-2', 'CVE-3', 'CVE-4']);
    expect((await handleListFeeds({ db })).feeds[0]).toMatchObject({
      advisories: 3,
      affected: 3,
      partitions: [{ name: 'all', fingerprint: 'p2' }],
    });
    const changed = await rowsChanged(async () => {
      expect(await changes(delta)).toMatchObject({ operation: 0, unchanged: true, rowsWritten: 1 });
    });
    expect(changed).toEqual({ feed: 1 });
  });

  it('has not ended a key of which an advisory comes', async () => {
    await apply({ partitions: [{ advisories: THREE }] });
    await changes({ advisories: [advisory('CVE-2', { description: 'still there' })], endedKeys: ['CVE-2'] });
    expect(await live()).toEqual(['CVE-1', 'CVE-2', 'CVE-3']);
  });

  it('of another partition are nothing to it', async () => {
    await apply({
      partitions: [
        { name: 'a', advisories: THREE },
        { name: 'b', advisories: THREE },
      ],
    });
    expect(await changes({ name: 'b', endedKeys: ['CVE-3'] })).toMatchObject({ affectedRemoved: 1 });
    expect((await handleListFeeds({ db })).feeds[0]).toMatchObject({ advisories: 5 });
  });

  it('gives an ended advisory its identity back', async () => {
    await apply({ partitions: [{ advisories: THREE }] });
    await changes({ endedKeys: ['CVE-3'] });
    expect(await changes({ advisories: THREE.slice(2) })).toMatchObject({ affectedAdded: 1, advisoriesChanged: 1 });
    expect(await db.query('select id from matcher.advisory')).toHaveLength(3);
  });

  it('keeps the advisory of a record that cannot be taken, and never lowers the count of those', async () => {
    await apply({ partitions: [{ advisories: THREE, rejectedRecords: 7 }] });
    const unreadable = advisory('CVE-2', { issued: 'last year' });
    await changes({ advisories: [unreadable], rejectedRecords: 7 });
    expect((await handleListFeeds({ db })).feeds[0]).toMatchObject({ advisories: 3, rejectedRecords: 8 });
    await changes({ fingerprint: 'p3', rejectedRecords: 0 });
    expect((await handleListFeeds({ db })).feeds[0]).toMatchObject({ rejectedRecords: 8 });
    await apply({ partitions: [{ advisories: THREE }] });
    expect((await handleListFeeds({ db })).feeds[0]).toMatchObject({ rejectedRecords: 0 });
  });

  it('that is not held, or not any more, is refused: the whole is wanted', async () => {
    const refusal = { kind: 'failed-precondition', message: expect.stringContaining('send it whole') };
    await expect(changes({ advisories: THREE })).rejects.toMatchObject(refusal);
    await apply({ partitions: [{ advisories: THREE }] });
    await apply({ partitions: [{ removed: true, namespaces: [] }] });
    await expect(changes({ advisories: THREE })).rejects.toMatchObject(refusal);
    expect(await live()).toEqual([]);
  });

  it.each([
    ['is removed too', { removed: true }, 'changes_only'],
    ['is whole and has ended keys', { changesOnly: false, endedKeys: ['CVE-1'] }, 'ended_keys without'],
    ['has too many ended keys', { endedKeys: Array.from({ length: 100_001 }, (_, i) => `${i}`) }, 'more than 100000'],
    ['has an ended key that is none', { endedKeys: ['CVE\u0000'] }, 'U+0000'],
  ])('is refused when it %s', async (_, fields, message) => {
    await apply({ partitions: [{ advisories: THREE }] });
    const changed = await rowsChanged(async () => {
      await expect(changes(fields)).rejects.toMatchObject({
        kind: 'invalid-argument',
        message: expect.stringContaining(message),
      });
    });
    expect(changed).toEqual({});
  });
});
