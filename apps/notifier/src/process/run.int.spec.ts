import type { Database } from '@clair/postgres';
import { createMetrics } from '@clair/service-kit';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { moveProgress } from '../store/progress.ts';
import { fakeClients } from '../testing/fake-clients.ts';
import { openNotifierDatabase } from '../testing/notifier-database.ts';
import { notifiedTexts, processDependencies, worldOfOneChange } from '../testing/process-fixture.ts';
import { storedState } from '../testing/stored-state.ts';
import { debianPackage, digestOf, vulnerability, type World } from '../testing/world.ts';
import type { ProcessDependencies } from './dependencies.ts';
import { notifyChanges } from './run.ts';

const metrics = createMetrics({ processMetrics: false });
const signal = new AbortController().signal;
const MANIFEST = digestOf('a');

let own: TestDatabase;
let db: Database;

beforeEach(async () => {
  own = await createTestDatabase();
  db = await openNotifierDatabase(own.connstring);
});

afterEach(async () => {
  await db?.close();
  await own?.drop();
});

async function notifyFrom(
  after: number,
  world: () => World,
  options: Partial<ProcessDependencies> = {},
): Promise<void> {
  await moveProgress(db, undefined, after);
  await notifyChanges(processDependencies({ db, world, options, metrics }), new AbortController().signal);
}

describe('operations', () => {
  const three: World = {
    operations: [
      { id: 1, feed: 'debian', firstLoad: true },
      { id: 2, feed: 'debian', firstLoad: false },
      { id: 3, feed: 'alpine', firstLoad: true },
      { id: 4, feed: 'alpine', firstLoad: false },
      { id: 5, feed: 'debian', firstLoad: false },
    ],
    rows: [
      { from: 1, vulnerability: vulnerability({ name: 'CVE-OLD' }) },
      { from: 2, to: 5, vulnerability: vulnerability({ name: 'CVE-BRIEF' }) },
      { from: 2, vulnerability: vulnerability({ name: 'CVE-STAYS' }) },
      { from: 3, to: 4, vulnerability: vulnerability({ name: 'CVE-WORDS', feed: 'alpine' }) },
      { from: 4, vulnerability: vulnerability({ name: 'CVE-WORDS', feed: 'alpine', description: 'new' }) },
      { from: 5, vulnerability: vulnerability({ name: 'CVE-NEW' }) },
    ],
    manifests: { [MANIFEST]: [debianPackage('openssl', '2')] },
  };

  it('begins at the newest, so that nothing old is notified', async () => {
    expect(await notifyChanges(processDependencies({ db, world: () => three }), signal)).toBe(0);
    expect(await storedState(db)).toMatchObject({ notified: 5, sets: [] });
  });

  it('begins at 0 while there is none, and is silent about first loads', async () => {
    await notifyChanges(processDependencies({ db, world: () => ({ ...three, operations: [] }) }), signal);
    expect(await storedState(db)).toMatchObject({ notified: 0 });
    await notifyChanges(
      processDependencies({ db, world: () => ({ ...three, operations: three.operations.slice(0, 1) }) }),
      signal,
    );
    expect(await storedState(db)).toMatchObject({ notified: 1, sets: [] });
  });

  it('notifies from the last one notified, not from the last but one', async () => {
    await notifyFrom(1, () => three);
    // (1, 3] has CVE-BRIEF and CVE-STAYS; (3, 5] ends the one, and replaces a row of a first load by new words.
    expect(await notifiedTexts(db)).toEqual([
      'added CVE-BRIEF openssl 2 affected @aaa',
      'added CVE-NEW openssl 2 affected @aaa',
      'added CVE-STAYS openssl 2 affected @aaa',
      'removed CVE-BRIEF openssl 2 affected @aaa',
    ]);
    expect((await storedState(db)).sets.map((set) => set.split(' ').slice(1))).toEqual(
      expect.arrayContaining([
        ['debian', '1', '3', '2'],
        ['debian', '3', '5', '2'],
      ]),
    );
  });

  it('goes on after history that the matcher has lost, as far back as it has it', async () => {
    await notifyFrom(0, () => ({ ...three, historyFrom: 4 }));
    expect(await notifiedTexts(db)).toEqual([
      'added CVE-NEW openssl 2 affected @aaa',
      'removed CVE-BRIEF openssl 2 affected @aaa',
    ]);
    expect(await metrics.registry.getSingleMetricAsString('clair_notifier_lost_operations_total')).toContain(' 4');
  });

  it('follows a matcher that began anew', async () => {
    await notifyFrom(900, () => three);
    expect(await storedState(db)).toMatchObject({ notified: 5, sets: [] });
  });

  it('tells nothing twice when a client has deleted the newest operation', async () => {
    await notifyFrom(1, () => three);
    const before = await storedState(db);
    const operations = three.operations.map((operation) => ({ ...operation, deleted: operation.id >= 4 }));
    const later = { ...three, operations: [...operations, { id: 6, feed: 'other', firstLoad: false }] };
    for (const world of [{ ...three, operations }, later]) {
      await notifyChanges(processDependencies({ db, world: () => world }), signal);
      expect((await storedState(db)).sets).toEqual(before.sets);
    }
    expect(await storedState(db)).toMatchObject({ notified: 6 });
  });

  it('makes the same ids from the same input, and other ids from other input', async () => {
    await notifyFrom(1, () => three);
    const first = await storedState(db);
    const again = await createTestDatabase();
    const other = await openNotifierDatabase(again.connstring);
    await moveProgress(other, undefined, 1);
    const reversed = { ...three, rows: three.rows.toReversed() };
    await notifyChanges({ ...processDependencies({ db, world: () => reversed }), db: other }, signal);
    expect(await storedState(other)).toEqual(first);
    await moveProgress(other, 5, 1);
    const moreManifests = {
      ...three,
      manifests: { ...three.manifests, [digestOf('b')]: [debianPackage('openssl', '1')] },
    };
    await notifyChanges({ ...processDependencies({ db, world: () => moreManifests }), db: other }, signal);
    const sets = (await storedState(other)).sets.filter((set) => !first.sets.includes(set));
    expect(sets).toHaveLength(2);
    await other.close();
    await again.drop();
  });
});

describe('trouble', () => {
  const world = worldOfOneChange({ after: [{}] });

  it('takes an indexer that ends early as no answer, and asks again', async () => {
    let calls = 0;
    const { matcher, indexer } = fakeClients(() => world);
    const cutShort: ProcessDependencies['indexer'] = {
      async *findAffectedManifests(requests) {
        calls += 1;
        if (calls > 1) yield* indexer.findAffectedManifests(requests);
      },
    };
    await notifyFrom(1, () => world, { matcher, indexer: cutShort });
    expect(calls).toBe(2);
    expect(await notifiedTexts(db)).toEqual(['added CVE-2024-1 openssl 2 affected @aaa']);
  });

  it('counts rows and answers that do not read, and notifies the others', async () => {
    const { indexer } = fakeClients(() => world);
    const odd = worldOfOneChange({ after: [{}, { name: 'CVE-ODD', affected: { status: 'perhaps' } }] });
    const { matcher } = fakeClients(() => odd);
    const withOddAnswer: ProcessDependencies['indexer'] = {
      async *findAffectedManifests(requests) {
        yield { ref: 77, manifestHash: MANIFEST, package: undefined, verdict: 'affected', end: false, labels: [] };
        yield* indexer.findAffectedManifests(requests);
      },
    };
    await notifyFrom(1, () => world, { matcher, indexer: withOddAnswer });
    expect(await notifiedTexts(db)).toEqual(['added CVE-2024-1 openssl 2 affected @aaa']);
    const counted = await metrics.registry.getSingleMetricAsString('clair_notifier_rejected_rows_total');
    expect(counted).toContain('{from="matcher"} 1');
    expect(counted).toContain('{from="indexer"} 1');
  });

  it('does not commit what another run has taken over', async () => {
    let taken = false;
    const { matcher, indexer } = fakeClients(() => world);
    const slow: ProcessDependencies['indexer'] = {
      async *findAffectedManifests(requests) {
        if (!taken) {
          taken = true;
          await notifyChanges(processDependencies({ db, world: () => world }), signal);
        }
        yield* indexer.findAffectedManifests(requests);
      },
    };
    await moveProgress(db, undefined, 1);
    const overtaken = notifyChanges(
      processDependencies({ db, world: () => world, options: { matcher, indexer: slow } }),
      signal,
    );
    await expect(overtaken).rejects.toThrow('another worker has taken over');
    expect(await notifiedTexts(db)).toEqual(['added CVE-2024-1 openssl 2 affected @aaa']);
    expect(await storedState(db)).toMatchObject({ notified: 2, waitingEvents: 1 });
  });
});
