import { type Database, migrate, openDatabase } from '@clair/postgres';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { handleApplyUpdate } from '../grpc/apply-update.ts';
import { handleListFeeds } from '../grpc/list-feeds.ts';
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
    const changed = await rowsChanged(db, async () => {
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

  it('is refused when it was changed by another meanwhile, and not when it is as these changes made it', async () => {
    await apply({ partitions: [{ fingerprint: 'p1', advisories: THREE }] });
    const delta = { fingerprint: 'p2', baseFingerprint: 'p1', endedKeys: ['CVE-3'] };
    expect(await changes(delta)).toMatchObject({ operation: 2 });
    expect(await changes(delta)).toMatchObject({ operation: 0, unchanged: true });
    await expect(changes({ ...delta, fingerprint: 'p3', endedKeys: ['CVE-1'] })).rejects.toMatchObject({
      kind: 'failed-precondition',
      message: expect.stringContaining('send it whole'),
    });
    expect(await live()).toEqual(['CVE-1', 'CVE-2']);
  });

  it.each([
    ['is removed too', { removed: true }, 'changes_only'],
    ['is whole and has ended keys', { changesOnly: false, endedKeys: ['CVE-1'] }, 'ended_keys without'],
    ['has too many ended keys', { endedKeys: Array.from({ length: 100_001 }, (_, i) => `${i}`) }, 'more than 100000'],
    ['has an ended key that is none', { endedKeys: ['CVE\u0000'] }, 'U+0000'],
  ])('is refused when it %s', async (_, fields, message) => {
    await apply({ partitions: [{ advisories: THREE }] });
    const changed = await rowsChanged(db, async () => {
      await expect(changes(fields)).rejects.toMatchObject({
        kind: 'invalid-argument',
        message: expect.stringContaining(message),
      });
    });
    expect(changed).toEqual({});
  });
});
