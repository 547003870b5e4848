import type { Package } from '@clair/model';
import { type Database, migrate, openDatabase, type Transaction } from '@clair/postgres';
import { sha256Digest } from '@clair/testing';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { collectPackages } from './store/collect-packages.ts';
import { deleteManifests, emptyReport, saveReport } from './store/manifests.ts';
import { migrations } from './store/migrations.ts';

let own: TestDatabase;
let db: Database;

beforeEach(async () => {
  own = await createTestDatabase();
  db = openDatabase({ connstring: own.connstring, schema: 'indexer', applicationName: 'collected-inventories' });
  await migrate(db, migrations);
});

afterEach(async () => {
  await db?.close();
  await own?.drop();
});

const collect = () => collectPackages(db, new AbortController().signal);

function installed(name: string): Package {
  const debian = {
    type: 'deb',
    scheme: 'dpkg',
    namespace: 'debian:12',
    arch: 'amd64',
    module: '',
    cpes: [],
    owner: '',
  };
  return { ...debian, name, version: '1', source: { name, version: '1' } };
}

interface Indexed {
  readonly manifest: string;
  readonly scanners: string;
  readonly packages: readonly string[];
}

async function saveIn(tx: Transaction, { manifest, scanners, packages }: Indexed): Promise<string> {
  const facts = { state: 'IndexFinished', err: '', indexState: scanners };
  const report = { ...emptyReport(sha256Digest(manifest), facts), success: true, inventoryHash: packages.join() };
  return (await saveReport(tx, report, packages.map(installed))).kind;
}

const save = (indexed: Indexed) => db.transaction((tx) => saveIn(tx, indexed));

/** `inventory of MANIFEST: packages`, and what no manifest holds. */
async function held(): Promise<string[]> {
  const rows = await db.query<{ digest: string | null; names: string }>(
    `select m.digest, (select string_agg(p.name, ' ' order by p.name) from indexer.package p where p.id = any(i.package_ids)) as names
       from indexer.inventory i left join indexer.manifest m on m.inventory_id = i.id`,
  );
  const names = new Map(['a', 'b', 'c'].map((name) => [sha256Digest(name), name]));
  return rows.map((row) => `${names.get(row.digest ?? '') ?? 'nobody'}: ${row.names}`).sort();
}

it('a manifest that is indexed again leaves its inventory, which is collected with the packages that only it held', async () => {
  await save({ manifest: 'a', scanners: '1', packages: ['curl', 'zlib'] });
  await save({ manifest: 'a', scanners: '2', packages: ['curl', 'zlib-ng'] });
  expect(await held()).toEqual(['a: curl zlib-ng', 'nobody: curl zlib']);
  expect(await collectPackages(db, AbortSignal.abort())).toEqual({ inventories: 0, packages: 0 });
  expect(await collect()).toEqual({ inventories: 1, packages: 1 });
  expect(await held()).toEqual(['a: curl zlib-ng']);
  await db.transaction((tx) => deleteManifests(tx, [sha256Digest('a')]));
  expect(await collect()).toEqual({ inventories: 0, packages: 2 });
  expect(await held()).toEqual([]);
});

it('more inventories than a batch are collected, and those in use stay', async () => {
  await db.execute(
    `insert into indexer.inventory (hash, package_ids) select int4send(n), '{}' from generate_series(1, 1200) n`,
  );
  await save({ manifest: 'a', scanners: '1', packages: ['curl'] });
  expect(await collect()).toEqual({ inventories: 1200, packages: 0 });
  expect(await held()).toEqual(['a: curl']);
});

it('an inventory of nobody that a report is being stored with stays', async () => {
  await save({ manifest: 'a', scanners: '1', packages: ['curl'] });
  await save({ manifest: 'a', scanners: '2', packages: ['zlib'] });
  const saved = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const saving = db.transaction(async (tx) => {
    await saveIn(tx, { manifest: 'b', scanners: '2', packages: ['curl'] });
    saved.resolve();
    await released.promise;
  });
  await saved.promise;
  const collecting = collect();
  const waiting = () =>
    db.query(`select from pg_locks join pg_database d on d.oid = database and d.datname = current_database()
               where locktype = 'advisory' and not granted`);
  try {
    await expect.poll(waiting, { timeout: 10_000 }).toHaveLength(1);
  } finally {
    released.resolve();
  }
  await saving;
  expect(await collecting).toEqual({ inventories: 0, packages: 0 });
  expect(await held()).toEqual(['a: zlib', 'b: curl']);
});

it('saving and collecting at once leaves every manifest an inventory with all its packages', async () => {
  const sets = [['curl'], ['curl', 'zlib'], ['zlib', 'bash']];
  const index = async (manifest: string, offset: number) => {
    for (let round = 0; round < 40; round += 1) {
      await save({ manifest, scanners: String(round), packages: sets[(round + offset) % sets.length] ?? [] });
    }
  };
  let indexing = true;
  const collectAll = async () => {
    while (indexing) await collect();
  };
  const collecting = collectAll();
  await Promise.all([index('a', 0), index('b', 1), index('c', 2)]).finally(() => {
    indexing = false;
  });
  await collecting;
  await collect();
  expect(await held()).toEqual(['a: curl', 'b: curl zlib', 'c: bash zlib']);
});
