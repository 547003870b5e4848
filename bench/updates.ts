import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, type EmbeddedPostgres, startEmbeddedPostgres } from '@clair/postgres';
import { database } from './feeds/measured-load.ts';
import type { Site } from './feeds/site.ts';
import { type SiteServer, serveSite } from './feeds/site-server.ts';
import { layOutSites } from './feeds/sites.ts';
import { quantile } from './median.ts';
import { CHANGED_SITES } from './updates/changed-sites.ts';
import { type MeasuredRun, type MeasuredService, startMeasuredService } from './updates/measured-run.ts';

/** Advisories changed at once, and how many times that is measured. */
const CHANGES = [
  { count: 1, rounds: 5 },
  { count: 100, rounds: 5 },
  { count: 10_000, rounds: 2 },
];

/**
 * What an update costs, from asking the source to the committed operation, in a service that keeps running: each feed's real documents
 * cold and again unchanged; then the documents as the vendor publishes them after 1, 100 and 10,000 of its advisories changed (another
 * fixed version). Medians. Arguments: names of feeds.
 */
export async function updates(names: readonly string[]): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'clair-bench-updates-'));
  const postgres = await startEmbeddedPostgres({ dataDir: join(root, 'postgres') });
  try {
    const { sites, absent } = layOutSites(join(root, 'sites'));
    for (const reason of absent) process.stdout.write(`not here: ${reason}\n`);
    const wanted = names.length === 0 ? Object.keys(CHANGED_SITES) : names;
    const rows: object[] = [];
    for (const site of sites.filter(({ feed, isVolume }) => wanted.includes(feed) && isVolume !== true)) {
      rows.push(...(await measure(site, postgres, join(root, 'changes', site.feed))));
    }
    console.table(rows);
  } finally {
    await postgres.stop();
    await rm(root, { recursive: true, force: true });
  }
}

async function measure(site: Site, postgres: EmbeddedPostgres, directory: string): Promise<object[]> {
  const { connstring, db } = await database(postgres, `updates_${site.feed.replaceAll('-', '_')}`);
  const server = await serveSite(site.directory);
  const service = await startMeasuredService({ feed: site.feed, options: site.options(server.url), connstring });
  try {
    // What the migrations wrote is told by then, and not counted with the first run.
    await new Promise((resolve) => setTimeout(resolve, REPORTED_MS_MAX));
    const cold = await counting(db, service);
    const again = await counting(db, service);
    const rows = [rowOf(site, 'cold', [cold], cold), rowOf(site, 'unchanged', [again], cold)];
    for (const change of CHANGES) {
      const { advisories, runs } = await measureChange(site, { change, directory, server, service, db });
      rows.push(rowOf(site, `${advisories} advisories`, runs, cold));
    }
    return rows;
  } finally {
    await service.stop();
    await server.close();
    await db.close();
  }
}

interface ChangeRequest {
  readonly change: (typeof CHANGES)[number];
  readonly directory: string;
  readonly server: SiteServer;
  readonly service: MeasuredService;
  readonly db: Database;
}

async function measureChange(site: Site, { change, directory, server, service, db }: ChangeRequest) {
  const runs: Counted[] = [];
  let advisories = 0;
  for (let round = 0; round < change.rounds; round += 1) {
    const where = join(directory, `${change.count}-${round}`);
    advisories = CHANGED_SITES[site.feed]?.(site, { directory: where, count: change.count, round: round + 1 }) ?? 0;
    server.overlay(where);
    runs.push(await counting(db, service));
    await rm(where, { recursive: true });
  }
  return { advisories, runs };
}

function rowOf(site: Site, what: string, runs: readonly Counted[], cold: Counted) {
  const seconds = quantile(
    runs.map((one) => one.seconds),
    0.5,
  );
  const read = quantile(
    runs.map((one) => one.readSeconds),
    0.5,
  );
  const share = (part: number) => `${((100 * part) / cold.seconds).toFixed(1)} %`;
  const last = runs.at(-1);
  return {
    feed: site.feed,
    change: what,
    seconds: seconds.toFixed(2),
    'of cold': share(seconds),
    'fetch and read': `${read.toFixed(2)} (${share(read)})`,
    apply: `${(seconds - read).toFixed(2)} (${share(seconds - read)})`,
    'rows written': last?.rows,
    'WAL MiB': ((last?.walBytes ?? 0) / 2 ** 20).toFixed(2),
  };
}

interface Counted extends MeasuredRun {
  /** Inserted, updated and deleted in the matcher's schema, by table; the lease of the run, which is two, is left out. */
  readonly rows: string;
  /** Of the whole cluster, which does nothing else. */
  readonly walBytes: number;
}

/** A backend that has just reported what it did keeps the next report back, until it has rested for ten seconds. */
const REPORTED_MS_MAX = 15_000;
const REST_MS = 1_500;

async function counting(db: Database, service: MeasuredService): Promise<Counted> {
  const before = await written(db);
  const run = await service.run();
  if (run.error !== '') throw new Error(run.error);
  const after = await reported(db, before);
  const tables = [...after.rows].flatMap(([table, rows]) => {
    const more = rows - (before.rows.get(table) ?? 0);
    return more === 0 ? [] : [`${table} ${more}`];
  });
  return { ...run, rows: tables.join(', '), walBytes: after.walBytes - before.walBytes };
}

interface Written {
  readonly rows: ReadonlyMap<string, number>;
  readonly walBytes: number;
}

/** What was written when the run's backends have told: each run writes its feed's row, and nothing is told any more. */
async function reported(db: Database, before: Written): Promise<Written> {
  const until = performance.now() + REPORTED_MS_MAX;
  for (let last = before; ; ) {
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
    const now = await written(db);
    const isTold =
      now.rows.get('feed') !== before.rows.get('feed') &&
      JSON.stringify([...now.rows]) === JSON.stringify([...last.rows]);
    if (isTold) return now;
    if (performance.now() > until) throw new Error('PostgreSQL does not say what the run wrote');
    last = now;
  }
}

async function written(db: Database): Promise<Written> {
  const rows = await db.query<{ table: string; written: number }>(
    `select relname as table, (n_tup_ins + n_tup_upd + n_tup_del)::bigint as written
       from pg_stat_user_tables where schemaname = 'matcher' and relname not in ('lease', 'schema_migration') order by relname`,
  );
  const [wal] = await db.query<{ bytes: string }>(`select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::text as bytes`);
  return { rows: new Map(rows.map(({ table, written: all }) => [table, all])), walBytes: Number(wal?.bytes ?? 0) };
}
