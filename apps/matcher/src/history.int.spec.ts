import { DiffOperationsRequest, type DiffOperationsResponse } from '@clair/contracts';
import { type Database, withLease } from '@clair/postgres';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { handleApplyUpdate } from './grpc/apply-update.ts';
import { handleDeleteUpdateOperation } from './grpc/delete-update-operation.ts';
import { handleDiffOperations } from './grpc/diff-operations.ts';
import { handleListUpdateOperations } from './grpc/list-update-operations.ts';
import { runRetention } from './retention.ts';
import { loadAdvisoryTexts, loadCandidates } from './store/candidates.ts';
import { forgetBefore } from './store/retention.ts';
import { fakeIndexer, inventory, matcherDeps } from './testing/matcher-fixture.ts';
import { openMigrated } from './testing/migrated-database.ts';
import { advisory, affectedRow, type UpdateFixture, updateMessages } from './testing/update-fixture.ts';

let own: TestDatabase;
let db: Database;

beforeEach(async () => {
  own = await createTestDatabase();
  db = await openMigrated(own.connstring);
});

afterEach(async () => {
  await db?.close();
  await own?.drop();
});

const apply = (update: UpdateFixture) =>
  handleApplyUpdate(matcherDeps(db, fakeIndexer(inventory())), updateMessages(update));

const SIGNS: Readonly<Record<string, string>> = { added: '+', removed: '-', kept: '=' };

/** `+CVE-1 3.0.11-1` and `-CVE-1 3.0.11-1`, sorted. */
async function diff(request: Partial<DiffOperationsRequest>): Promise<string[]> {
  const rows: DiffOperationsResponse[] = [];
  for await (const row of handleDiffOperations({ db }, DiffOperationsRequest.fromPartial(request))) rows.push(row);
  return rows.map(({ change, vulnerability: v }) => `${SIGNS[change]}${v?.name} ${v?.affected?.range?.fixed}`).sort();
}

const fixedIn = (key: string, fixed: string) => advisory(key, { affected: [affectedRow({ range: { fixed } })] });

/** Operations: 1 first load of debian; 2 first load of alpine; 3, 4, 5 changes of debian. */
async function loadHistory(): Promise<void> {
  await apply({ partitions: [{ advisories: [fixedIn('CVE-1', '1'), fixedIn('CVE-2', '1')] }] });
  await apply({ feed: 'alpine', partitions: [{ advisories: [fixedIn('CVE-9', '9')] }] });
  await apply({ partitions: [{ advisories: [fixedIn('CVE-1', '2'), fixedIn('CVE-2', '1')] }] });
  await apply({ partitions: [{ advisories: [fixedIn('CVE-1', '3'), fixedIn('CVE-3', '1')] }] });
  await apply({
    partitions: [{ advisories: [fixedIn('CVE-1', '3'), { ...fixedIn('CVE-3', '1'), description: 'new words' }] }],
  });
}

describe('DiffOperations', () => {
  beforeEach(loadHistory);

  it.each<[string, Partial<DiffOperationsRequest>, string[]]>([
    ['one operation', { after: 2, through: 3 }, ['+CVE-1 2', '-CVE-1 1']],
    [
      'several, without what came and went between',
      { after: 1, through: 4 },
      ['+CVE-1 3', '+CVE-3 1', '-CVE-1 1', '-CVE-2 1'],
    ],
    ['through the newest', { after: 3 }, ['+CVE-1 3', '+CVE-3 1', '-CVE-1 2', '-CVE-2 1']],
    ['words only: nothing', { after: 4 }, []],
    ['nothing after the newest', { after: 5 }, []],
    ['first loads left out', { after: 0, through: 2 }, []],
    ['first loads asked for', { after: 0, through: 2, includeFirstLoads: true }, ['+CVE-1 1', '+CVE-2 1', '+CVE-9 9']],
    ['one feed', { after: 0, feed: 'alpine', includeFirstLoads: true }, ['+CVE-9 9']],
  ])('shows %s', async (_, request, expected) => {
    expect(await diff(request)).toEqual(expected);
  });

  it('shows the rows kept beside one that changed, when asked', async () => {
    const two = (first: string, second: string) =>
      advisory('CVE-4', { affected: [first, second].map((fixed) => affectedRow({ range: { fixed } })) });
    await apply({ partitions: [{ advisories: [two('4', '5'), fixedIn('CVE-1', '3')] }] });
    await apply({ partitions: [{ advisories: [two('4', '6'), fixedIn('CVE-1', '3')] }] });
    expect(await diff({ after: 6 })).toEqual(['+CVE-4 6', '-CVE-4 5']);
    expect(await diff({ after: 6, includeKept: true })).toEqual(['+CVE-4 6', '-CVE-4 5', '=CVE-4 4']);
    await apply({ partitions: [{ advisories: [two('7', '6'), fixedIn('CVE-1', '3')] }] });
    expect(await diff({ after: 6, through: 7, includeKept: true })).toEqual(['+CVE-4 6', '-CVE-4 5', '=CVE-4 4']);
  });

  it("shows all that is said of a language's package of which anything changed", async () => {
    const of = (key: string, fixed: string, name = 'axios') => {
      const row = affectedRow({
        namespace: 'npm',
        package: name,
        packageKind: 'binary',
        scheme: 'semver',
        range: { fixed },
      });
      return advisory(key, { affected: [row] });
    };
    const npm = (...advisories: ReturnType<typeof of>[]) =>
      apply({ feed: 'osv', partitions: [{ namespaces: ['npm'], advisories }] });
    await npm(of('GHSA-1', '1'), of('GHSA-2', '2', 'lodash'));
    await npm(of('GHSA-1', '1'), of('GHSA-2', '2', 'lodash'), of('X-1', '3'));
    expect(await diff({ after: 6, includeKept: true })).toEqual(['+X-1 3', '=GHSA-1 1']);
    await npm(of('GHSA-1', '4'), of('GHSA-2', '2', 'lodash'), of('X-1', '3'));
    expect(await diff({ after: 6, through: 7, includeKept: true })).toEqual(['+X-1 3', '=GHSA-1 1']);
  });

  it('shows what an advisory said at its side of the change', async () => {
    const rows: DiffOperationsResponse[] = [];
    const request = DiffOperationsRequest.fromPartial({ after: 3, through: 5 });
    for await (const row of handleDiffOperations({ db }, request)) rows.push(row);
    const removed = rows.find(({ vulnerability }) => vulnerability?.name === 'CVE-2')?.vulnerability;
    expect(removed).toMatchObject({ feed: 'debian', partition: 'all', description: 'about CVE-2' });
  });

  it.each<[string, Partial<DiffOperationsRequest>]>([
    ['after beyond through', { after: 4, through: 3 }],
    ['through ahead of the newest', { after: 4, through: 6 }],
  ])('refuses %s', async (_, request) => {
    await expect(diff(request)).rejects.toMatchObject({ kind: 'invalid-argument' });
  });

  it('lets a reader stop early', async () => {
    for await (const row of handleDiffOperations({ db }, DiffOperationsRequest.fromPartial({ after: 1 }))) {
      expect(row.vulnerability).toBeDefined();
      break;
    }
    await expect(db.ping()).resolves.toBeUndefined();
  });
});

it('tells the state after an earlier operation', async () => {
  await loadHistory();
  const wanted = [{ namespace: 'debian:12', package: 'openssl', kind: 'source' as const }];
  const state = async (operation: number) => {
    const rows = await loadCandidates(db, wanted, { operation });
    const texts = await loadAdvisoryTexts(db, [...new Set(rows.map((row) => row.advisory))], { operation });
    return rows.map((row) => `${texts.get(row.advisory)?.name} ${row.affected.range.fixed}`).sort();
  };
  expect(await state(0)).toEqual([]);
  expect(await state(1)).toEqual(['CVE-1 1', 'CVE-2 1']);
  expect(await state(3)).toEqual(['CVE-1 2', 'CVE-2 1', 'CVE-9 9']);
  expect(await state(5)).toEqual(['CVE-1 3', 'CVE-3 1', 'CVE-9 9']);
});

describe('a namespace that a feed comes to speak for', () => {
  const release = (namespace: string, ...fixed: string[]) => ({
    name: namespace,
    namespaces: [namespace],
    fingerprint: fixed.join(),
    advisories: fixed.map((version) =>
      advisory(`CVE-${version}`, { affected: [affectedRow({ namespace, range: { fixed: version } })] }),
    ),
  });
  const loads = async () => {
    const { operations } = await handleListUpdateOperations({ db }, { latest: false, includeDeleted: false });
    return operations.map(({ loadsNamespaces }) => loadsNamespaces);
  };

  it('is loaded first without news, and then changes as any', async () => {
    await apply({ partitions: [release('alpine:v3.20', '1')] });
    await apply({ partitions: [release('alpine:v3.20', '1', '2'), release('alpine:v3.21', '7', '8')] });
    await apply({ partitions: [release('alpine:v3.21', '7', '9')] });
    expect(await diff({ after: 1, through: 2 })).toEqual(['+CVE-2 2']);
    expect(await diff({ after: 2 })).toEqual(['+CVE-9 9', '-CVE-8 8']);
    expect(await diff({ after: 1, through: 2, includeFirstLoads: true })).toHaveLength(3);
    expect(await loads()).toEqual([false, true, true]);
  });

  it('and of which nothing was known has news with the first that is', async () => {
    await apply({ partitions: [release('alpine:v3.20', '1'), release('alpine:v3.21')] });
    await apply({ partitions: [release('alpine:v3.21', '7')] });
    expect(await diff({ after: 1 })).toEqual(['+CVE-7 7']);
    expect(await apply({ partitions: [release('alpine:v3.22')] })).toMatchObject({ unchanged: true });
    await apply({ partitions: [release('alpine:v3.22', '3')] });
    expect(await diff({ after: 2 })).toEqual(['+CVE-3 3']);
    expect(await loads()).toEqual([false, false, true]);
  });

  it('and that was gone for a while has news again', async () => {
    await apply({ partitions: [release('alpine:v3.20', '1'), release('alpine:v3.21', '7')] });
    await apply({ partitions: [{ ...release('alpine:v3.21'), removed: true, namespaces: [] }] });
    await apply({ partitions: [release('alpine:v3.21', '7')] });
    expect(await diff({ after: 2 })).toEqual(['+CVE-7 7']);
  });
});

describe('update operations', () => {
  it('are listed newest first, and when deleted only on demand', async () => {
    await loadHistory();
    const ids = async (latest: boolean, includeDeleted = false) =>
      (await handleListUpdateOperations({ db }, { latest, includeDeleted })).operations;
    expect((await ids(false)).map(({ id }) => id)).toEqual([5, 4, 3, 2, 1]);
    const [newest] = await ids(true);
    expect(newest).toMatchObject({ id: 5, feed: 'debian', firstLoad: false });
    for (let again = 0; again < 2; again += 1) await handleDeleteUpdateOperation({ db }, { ref: newest?.ref ?? '' });
    expect((await ids(true)).map(({ id }) => id)).toEqual([4, 2]);
    expect((await ids(true, true)).map(({ id }) => id)).toEqual([5, 2]);
    expect((await ids(false, true)).map(({ id }) => id)).toEqual([5, 4, 3, 2, 1]);
    expect(await diff({ after: 3, through: 4 })).toHaveLength(4);
  });

  it('are named by a UUID', async () => {
    await expect(handleDeleteUpdateOperation({ db }, { ref: '1' })).rejects.toMatchObject({ kind: 'invalid-argument' });
  });
});

describe('retention', () => {
  const retain = (operationsMax: number, ageMaxMs = 0) =>
    runRetention(
      { ...matcherDeps(db, fakeIndexer(inventory())), operationsMax, ageMaxMs },
      new AbortController().signal,
    );
  const live = () => db.query('select id, advisory from matcher.affected where valid_to is null order by id');

  it('forgets what ended before the oldest operation kept, and nothing that lives', async () => {
    await loadHistory();
    const before = await live();
    // Kept of debian: 4 and 5. Ended at 3 or 4: CVE-1 1, CVE-1 2, CVE-2 with its text.
    expect(await retain(2)).toEqual({ operations: 2, affected: 3, revisions: 1, advisories: 1 });
    expect(await live()).toEqual(before);
    expect(await diff({ after: 4, includeFirstLoads: true })).toEqual([]);
    await expect(diff({ after: 3 })).rejects.toMatchObject({ kind: 'failed-precondition' });
    expect(await diff({ after: 2, feed: 'alpine' })).toEqual([]);
    expect(await retain(2)).toEqual({ operations: 0, affected: 0, revisions: 0, advisories: 0 });
  });

  it('keeps everything below 0, and while there are no more than that', async () => {
    await loadHistory();
    expect(await retain(-1)).toMatchObject({ operations: 0 });
    expect(await retain(4)).toMatchObject({ operations: 0 });
    expect(await diff({ after: 0, through: 3 })).toEqual(['+CVE-1 2']);
  });

  it('forgets what is too old, however little it is, but for the newest of a feed', async () => {
    await loadHistory();
    const day = 86_400_000;
    expect(await retain(-1, 9000 * day)).toMatchObject({ operations: 0 });
    await db.execute('update matcher.update_operation set date = now()');
    expect(await retain(-1, day)).toMatchObject({ operations: 0 });
    await db.execute(`update matcher.update_operation set date = now() - interval '2 days' where id <= 4`);
    // Of debian 5 is young; of alpine the only one is old, and stays.
    expect(await retain(10, day)).toMatchObject({ operations: 3 });
    await db.execute(`update matcher.update_operation set date = now() - interval '2 days'`);
    expect(await retain(-1, day)).toMatchObject({ operations: 0 });
    expect(await retain(-1, 0)).toMatchObject({ operations: 0 });
  });

  it('goes on where a run was cut short', async () => {
    await loadHistory();
    const cut = AbortSignal.abort();
    expect(await forgetBefore(db, { feed: 'debian', horizon: 4 }, cut)).toMatchObject({ operations: 0, affected: 0 });
    await expect(diff({ after: 3 })).rejects.toMatchObject({ kind: 'failed-precondition' });
    expect(await retain(2)).toEqual({ operations: 2, affected: 3, revisions: 1, advisories: 1 });
  });

  it('does not wait for an update of the feed that runs, nor does it touch its history then', async () => {
    await loadHistory();
    await db.transaction(async (tx) => {
      await tx.query(`select id from matcher.feed where id = 'debian' for update`);
      expect(await retain(2)).toMatchObject({ operations: 0, affected: 0 });
      expect(await diff({ after: 2, through: 3 })).toHaveLength(2);
    });
    expect(await retain(2)).toMatchObject({ operations: 2, affected: 3 });
  });

  it('leaves it to the process that has the lease', async () => {
    await loadHistory();
    await withLease(db, { name: 'retention', holder: 'another', ttlMs: 10_000 }, async () => {
      expect(await retain(2)).toMatchObject({ operations: 0 });
    });
    expect(await retain(2)).toMatchObject({ operations: 2 });
  });
});
