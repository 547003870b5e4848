import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApplyUpdateResponse, MatcherServiceDefinition } from '@clair/contracts';
import { type Database, type EmbeddedPostgres, startEmbeddedPostgres } from '@clair/postgres';
import { connectService, createLogger } from '@clair/service-kit';
import { startNatsServer } from '@clair/testing/nats';
import { type BenchDatabase, database, load } from './feeds/measured-load.ts';
import type { Site } from './feeds/site.ts';
import { serveSite } from './feeds/site-server.ts';
import { layOutSites } from './feeds/sites.ts';
import { startServices } from './fleet/services.ts';
import { type ChangedAdvisories, changedAdvisories, updateMessages } from './updates/changed-advisories.ts';

/** The feeds with the most rows and with the most documents. */
const FEEDS = ['ubuntu', 'almalinux', 'debian'];
const CHANGES = [1, 100, 10_000];

type Matcher = ReturnType<typeof connectService<typeof MatcherServiceDefinition>>;

/**
 * What an update costs: each feed's real documents loaded through the product, cold and again unchanged; then 1, 100 and 10,000 of its
 * advisories changed (another fixed version in every row), sent to a matcher of its own as the updater sends what a source's log names.
 */
export async function updates(names: readonly string[]): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'clair-bench-updates-'));
  const postgres = await startEmbeddedPostgres({ dataDir: join(root, 'postgres') });
  const nats = await startNatsServer();
  try {
    const { sites, absent } = layOutSites(join(root, 'sites'));
    for (const reason of absent) process.stdout.write(`not here: ${reason}\n`);
    const wanted = names.length === 0 ? FEEDS : names;
    const rows: object[] = [];
    for (const site of sites.filter(({ feed, isVolume }) => wanted.includes(feed) && isVolume !== true)) {
      rows.push(...(await measure(site, { postgres, nats: nats.url })));
    }
    console.table(rows);
  } finally {
    await nats.remove();
    await postgres.stop();
    await rm(root, { recursive: true, force: true });
  }
}

async function measure(site: Site, { postgres, nats }: { readonly postgres: EmbeddedPostgres; readonly nats: string }) {
  const where = await database(postgres, `updates_${site.feed.replaceAll('-', '_')}`);
  const server = await serveSite(site.directory);
  const request = { feed: site.feed, options: site.options(server.url), connstring: where.connstring, isIdle: false };
  const cold = await counting(where.db, () => load(request));
  const again = await counting(where.db, () => load(request));
  await server.close();
  const coldSeconds = cold.result.seconds;
  const row = (what: string, seconds: number, counted: Omit<Counted<unknown>, 'result'>) => ({
    feed: site.feed,
    change: what,
    seconds: seconds.toFixed(2),
    'of cold': `${((100 * seconds) / coldSeconds).toFixed(1)} %`,
    'rows written': counted.rows,
    'WAL MiB': (counted.walBytes / 2 ** 20).toFixed(2),
  });
  return [
    row('cold', coldSeconds, cold),
    row('unchanged', again.result.seconds, again),
    ...(await measureChanges(site.feed, { where, nats })).map(({ what, seconds, counted }) =>
      row(what, seconds, counted),
    ),
  ];
}

async function measureChanges(feed: string, { where, nats }: { readonly where: BenchDatabase; readonly nats: string }) {
  const services = await startServices(where.connstring, nats);
  const log = createLogger({ level: 'fatal', name: 'bench' });
  const matcher = connectService(MatcherServiceDefinition, services.matcherAddress, { deadlineMs: 600_000, log });
  const measured = [];
  for (const count of CHANGES) {
    const changed = await changedAdvisories(where.db, matcher, { feed, count });
    const applied = await counting(where.db, () => apply(matcher, feed, changed));
    const sum = changed.reduce((all, { advisories }) => all + advisories.length, 0);
    measured.push({ what: `${sum} advisories`, seconds: applied.result.seconds, counted: applied });
  }
  matcher.close();
  await services.stop();
  return measured;
}

let fingerprints = 0;

async function apply(
  matcher: Matcher,
  feed: string,
  changed: readonly ChangedAdvisories[],
): Promise<{ readonly seconds: number; readonly answer: ApplyUpdateResponse }> {
  fingerprints += 1;
  const started = performance.now();
  const answer = await matcher.applyUpdate(updateMessages(feed, `bench ${fingerprints}`, changed));
  return { seconds: (performance.now() - started) / 1000, answer };
}

interface Counted<T> {
  readonly result: T;
  /** Inserted, updated and deleted in the matcher's schema. */
  readonly rows: string;
  /** Of the whole cluster, which does nothing else. */
  readonly walBytes: number;
}

async function counting<T>(db: Database, work: () => Promise<T>): Promise<Counted<T>> {
  const before = await written(db);
  const result = await work();
  const after = await written(db);
  const tables = [...after.rows].flatMap(([table, rows]) => {
    const more = rows - (before.rows.get(table) ?? 0);
    return more === 0 ? [] : [`${table} ${more}`];
  });
  return { result, rows: tables.join(', '), walBytes: after.walBytes - before.walBytes };
}

async function written(db: Database) {
  // Backends report what they did as they end, or after a moment of rest.
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const rows = await db.query<{ table: string; written: number }>(
    `select relname as table, (n_tup_ins + n_tup_upd + n_tup_del)::bigint as written
       from pg_stat_user_tables where schemaname = 'matcher' and relname <> 'lease' order by relname`,
  );
  const [wal] = await db.query<{ bytes: string }>(`select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::text as bytes`);
  return { rows: new Map(rows.map(({ table, written: all }) => [table, all])), walBytes: Number(wal?.bytes ?? 0) };
}
