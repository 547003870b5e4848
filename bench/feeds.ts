import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { FEEDS } from '@clair/feeds';
import { type Database, type EmbeddedPostgres, startEmbeddedPostgres } from '@clair/postgres';
import { addOperation, loadIntoClairSchema } from './feeds/clair-schema.ts';
import { largeOval } from './feeds/large-oval.ts';
import { largeSecdb } from './feeds/large-secdb.ts';
import type { LoadRequest } from './feeds/loaded-feed.ts';
import { type BenchDatabase, database, load, loadCounting } from './feeds/measured-load.ts';
import type { Site } from './feeds/site.ts';
import { type SiteServer, serveSite } from './feeds/site-server.ts';
import { layOutSites } from './feeds/sites.ts';

const MIB = 2 ** 20;
const LARGE_GIB = [1, 2];
const LARGE_SECDB_ENTRIES = 1_000_000;
/** Updates of a feed that Clair keeps (`update_retention`). */
const CLAIR_OPERATIONS = 10;

/**
 * Loads each feed's real documents from a server on loopback through the product, a process for each run: cold, again, and after a small
 * change. Then the database beside Clair's schema with the same facts, and documents larger than any real one. Arguments: names of feeds; none
 * is all.
 */
export async function feeds(names: readonly string[]): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'clair-bench-feeds-'));
  const postgres = await startEmbeddedPostgres({ dataDir: join(root, 'postgres') });
  try {
    const { sites, absent } = layOutSites(join(root, 'sites'));
    for (const reason of absent) print(`not here: ${reason}\n`);
    const wanted = sites.filter(({ feed }) => names.length === 0 || names.includes(feed));
    const missing = FEEDS.filter(({ id }) => !sites.some(({ feed }) => feed === id)).map(({ id }) => id);
    if (missing.length > 0) print(`no documents for: ${missing.join(', ')}\n`);
    await loadAll(wanted, postgres);
    await loadLarge(wanted, postgres);
  } finally {
    await postgres.stop();
    await rm(root, { recursive: true, force: true });
  }
}

async function loadAll(sites: readonly Site[], postgres: EmbeddedPostgres): Promise<void> {
  const real = await database(postgres, 'real');
  const volume = await database(postgres, 'volume');
  const rows: object[] = [];
  const reasons: string[] = [];
  const errors: string[] = [];
  for (const site of sites) {
    const where = site.isVolume ? volume : real;
    const loaded = await loadSite(site, where);
    rows.push(loaded.row);
    reasons.push(...loaded.reasons);
    errors.push(...loaded.errors);
    print(`${site.name}: ${JSON.stringify(loaded.row)}\n`);
  }
  const idle = await load({ feed: 'debian', options: {}, connstring: real.connstring, isIdle: true });
  console.table(rows);
  print(`A process that has started everything and loaded nothing: ${mib(idle.peakRssBytes)} MiB.\n`);
  for (const line of ['Rejected:', ...reasons, 'Failures:', ...errors]) print(`${line}\n`);
  await compareWithClair(real.db);
  await Promise.all([real.db.close(), volume.db.close()]);
}

async function loadSite(site: Site, { connstring, db }: BenchDatabase) {
  const server = await serveSite(site.directory);
  const request = { feed: site.feed, options: site.options(server.url), connstring, isIdle: false };
  try {
    const cold = await load(request);
    const sentBytes = server.takeSentBytes();
    const again = await loadCounting(request, db);
    const changed = await loadChanged(site, request, { db, server });
    const affected = await db.query<{ count: number }>(
      `select count(*) as count from matcher.affected a join matcher.advisory v on v.id = a.advisory
         join matcher.partition p on p.id = v.partition where a.valid_to is null and p.feed = $1`,
      [site.feed],
    );
    const { counted } = cold;
    const row = {
      feed: site.name,
      'sent MiB': mib(sentBytes),
      'inflated MiB': mib(counted.inflatedBytes),
      documents: counted.documents,
      records: counted.records,
      advisories: cold.advisories,
      rejected: counted.rejected,
      'affected rows': affected[0]?.count ?? 0,
      's cold': cold.seconds.toFixed(1),
      'peak RSS MiB': mib(Math.max(cold.peakRssBytes, again.loaded.peakRssBytes)),
      's unchanged': again.loaded.seconds.toFixed(1),
      'rows written unchanged': again.rowsWritten,
      's changed': changed?.loaded.seconds.toFixed(1) ?? '',
      'rows written changed': changed?.rowsWritten ?? '',
      change: site.change?.what ?? '',
      data: site.data,
    };
    const reasons = Object.entries(counted.reasons)
      .sort(([, a], [, b]) => b - a)
      .map(([reason, count]) => `  ${site.name}: ${count} × ${reason}`);
    const errors = [cold, again.loaded, changed?.loaded].flatMap((one) => one?.error || []);
    return { row, reasons, errors: errors.map((error) => `  ${site.name}: ${error}`) };
  } finally {
    await server.close();
  }
}

async function loadChanged(
  site: Site,
  request: LoadRequest,
  { db, server }: { readonly db: Database; readonly server: SiteServer },
) {
  if (site.change === undefined) return undefined;
  server.overlay(site.change.directory);
  return loadCounting(request, db);
}

async function compareWithClair(db: Database): Promise<void> {
  await db.execute('vacuum analyze');
  const ours = await sizes(db, 'matcher');
  const started = performance.now();
  const vulns = await db.transaction((tx) => loadIntoClairSchema(tx), { statementTimeoutMs: 0 });
  print(`The same facts in Clair's schema: ${vulns} rows, ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  await db.execute('vacuum analyze');
  const theirs = await sizes(db, 'clair4');
  for (let operation = 1; operation < CLAIR_OPERATIONS; operation += 1) {
    await db.transaction((tx) => addOperation(tx), { statementTimeoutMs: 0 });
  }
  await db.execute('vacuum analyze');
  const kept = await sizes(db, 'clair4');
  print('Ours, after the runs above:\n');
  console.table(ours);
  print("Clair's, after one operation of each updater:\n");
  console.table(theirs);
  print(`Clair's, with the ${CLAIR_OPERATIONS} operations that it keeps:\n`);
  console.table(kept);
}

async function sizes(db: Database, schema: string): Promise<object[]> {
  const rows = await db.query<{ table: string; rows: number; heap: number; indexes: number; total: number }>(
    `select relname as table, greatest(reltuples, 0)::bigint as rows, pg_table_size(oid) as heap,
            pg_indexes_size(oid) as indexes, pg_total_relation_size(oid) as total
       from pg_class where relkind = 'r' and relnamespace = $1::regnamespace order by total desc`,
    [schema],
  );
  const sum = (key: 'rows' | 'heap' | 'indexes' | 'total'): number => rows.reduce((all, row) => all + row[key], 0);
  const total = { table: 'all', rows: sum('rows'), heap: sum('heap'), indexes: sum('indexes'), total: sum('total') };
  return [...rows.filter(({ total: bytes }) => bytes > 100_000), total].map((row) => ({
    table: row.table,
    rows: row.rows,
    'table MiB': mib(row.heap),
    'indexes MiB': mib(row.indexes),
    'all MiB': mib(row.total),
  }));
}

interface LargeDocument {
  readonly what: string;
  readonly path: string;
  make(): Readable;
}

/** Packed, since the feeds' limits on what is transferred are lower. */
async function loadLarge(sites: readonly Site[], postgres: EmbeddedPostgres): Promise<void> {
  const rows: object[] = [];
  for (const site of sites) {
    for (const large of await largeDocuments(site)) rows.push(await loadDocument(site, large, postgres));
  }
  if (rows.length === 0) return;
  print('Documents in which nothing is twice: every definition, test, object and state; every id of one package:\n');
  console.table(rows);
}

async function largeDocuments({ feed, directory }: Site): Promise<readonly LargeDocument[]> {
  if (feed === 'wolfi') {
    const what = `secdb, ${LARGE_SECDB_ENTRIES} entries of one package`;
    return [{ what, path: '/security.json', make: () => largeSecdb(LARGE_SECDB_ENTRIES) }];
  }
  if (feed !== 'azure-linux') return [];
  const path = '/cbl-mariner-2.0-oval.xml';
  const document = await readFile(join(directory, path), 'utf8');
  return LARGE_GIB.map((gib) => ({ what: `OVAL, ${gib} GiB`, path, make: () => largeOval(document, gib * 2 ** 30) }));
}

async function loadDocument(site: Site, { what, path, make }: LargeDocument, postgres: EmbeddedPostgres) {
  const server = await serveSite(site.directory, { [path]: () => make().pipe(createGzip({ level: 1 })) });
  const { connstring, db } = await database(postgres, what.replace(/[^a-z0-9]+/gi, '_').toLowerCase());
  try {
    const loaded = await load({ feed: site.feed, options: site.options(server.url), connstring, isIdle: false });
    const { counted } = loaded;
    return {
      document: what,
      'sent MiB': mib(server.takeSentBytes()),
      'inflated MiB': mib(counted.inflatedBytes),
      records: counted.records,
      advisories: loaded.advisories,
      seconds: loaded.seconds.toFixed(1),
      'peak RSS MiB': mib(loaded.peakRssBytes),
      failed: loaded.error,
    };
  } finally {
    await db.close();
    await server.close();
  }
}

function mib(bytes: number): string {
  return (bytes / MIB).toFixed(bytes < 10 * MIB ? 2 : 0);
}

function print(text: string): void {
  process.stdout.write(text);
}
