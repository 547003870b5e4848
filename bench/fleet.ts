import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  ApplyUpdateRequest,
  CreateSubscriptionRequest,
  MatcherServiceDefinition,
  NotifierServiceDefinition,
} from '@clair/contracts';
import type { Package } from '@clair/model';
import { type Database, openDatabase, startEmbeddedPostgres } from '@clair/postgres';
import { connectService, createLogger } from '@clair/service-kit';
import { startNatsServer } from '@clair/testing/nats';
import { realInventories } from './fleet/real-inventories.ts';
import { type BenchServices, startServices } from './fleet/services.ts';
import { type StoredFleet, storeFleet } from './fleet/store-fleet.ts';

const MIB = 2 ** 20;
const ADVISORIES = 100;
const SHARES = [0.01, 0.1];
const SUBSCRIPTIONS = 10;
/** On which a row per (package, manifest) with its two indexes is measured. */
const ROWS_MEASURED = 10_000;
const log = createLogger({ level: 'fatal', name: 'bench' });

/**
 * Synthetic fleets made from the packages of real images: bytes of the reverse index, and how long after `ApplyUpdate` returned the
 * last notification of 100 changed advisories is committed, with 10 subscriptions. Arguments: sizes; default 100000 and 1000000.
 */
export async function fleet(args: readonly string[]): Promise<void> {
  const sizes = args.length === 0 ? [100_000, 1_000_000] : args.map(Number);
  const inventories = realInventories();
  print(`${inventories.length} real inventories, ${inventories.flat().length} packages\n`);
  for (const size of sizes) await measureFleet(size, inventories);
}

async function measureFleet(size: number, inventories: readonly (readonly Package[])[]): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'clair-bench-fleet-'));
  const postgres = await startEmbeddedPostgres({ dataDir: join(root, 'postgres') });
  const nats = await startNatsServer();
  const db = openDatabase({ connstring: postgres.connstring, schema: 'indexer', applicationName: 'bench' });
  const services = await startServices(postgres.connstring, nats.url);
  try {
    const stored = await storeFleet(db, inventories, size);
    const { choose: _, ...counts } = stored;
    print(`\n${JSON.stringify(counts)}\n`);
    console.table([await indexSizes(db, stored)]);
    console.table(await measureChanges(db, services, stored));
  } finally {
    await services.stop();
    await db.close();
    await nats.remove();
    await postgres.stop();
    await rm(root, { recursive: true, force: true });
  }
}

async function indexSizes(
  db: Database,
  { manifests, inventories, entries, distinctEntries }: StoredFleet,
): Promise<object> {
  const [row] = await db.query<{ readonly arrays: number; readonly index: number }>(
    `select pg_table_size('indexer.inventory') as arrays, pg_indexes_size('indexer.inventory') as index`,
  );
  const { arrays = 0, index = 0 } = row ?? {};
  const ours = (arrays + index) / manifests;
  const rows = ((await bytesPerRow(db, manifests)) * entries) / manifests;
  return {
    manifests,
    inventories,
    'packages/manifest': (entries / manifests).toFixed(0),
    'inventories MiB': mib(arrays),
    'index MiB': mib(index),
    'bytes/package of an inventory': ((arrays + index) / distinctEntries).toFixed(1),
    'bytes/manifest': ours.toFixed(0),
    'a row per (package, manifest), bytes/manifest': rows.toFixed(0),
    ratio: `1/${(rows / ours).toFixed(1)}`,
  };
}

/** Of the table that there would be otherwise. */
async function bytesPerRow(db: Database, manifests: number): Promise<number> {
  const every = Math.max(1, Math.floor(manifests / ROWS_MEASURED));
  await db.transaction(
    (tx) =>
      tx.execute(`create table public.held as
        select m.id as manifest, p as package from indexer.manifest m join indexer.inventory i on i.id = m.inventory_id,
          unnest(i.package_ids) p where m.id % ${every} = 0;
        alter table public.held add primary key (manifest, package);
        create index on public.held (package);`),
    { statementTimeoutMs: 0 },
  );
  const [row] = await db.query<{ readonly bytes: number }>(
    `select pg_total_relation_size('public.held')::float8 / (select count(*) from public.held) as bytes`,
  );
  await db.execute('drop table public.held');
  return row?.bytes ?? Number.NaN;
}

async function measureChanges(db: Database, services: BenchServices, stored: StoredFleet): Promise<object[]> {
  const options = { deadlineMs: 600_000, log };
  const matcher = connectService(MatcherServiceDefinition, services.matcherAddress, options);
  const notifier = connectService(NotifierServiceDefinition, services.notifierAddress, options);
  for (let index = 0; index < SUBSCRIPTIONS; index += 1) {
    const filter = index % 2 === 0 ? { minSeverity: 'High' } : { namespace: 'debian:*', package: 'lib*' };
    const target = { $case: 'natsSubject', value: `clair.v1.notification.bench-${index}` } as const;
    await notifier.createSubscription(
      CreateSubscriptionRequest.fromPartial({ subscription: { name: `bench-${index}`, target: { target }, filter } }),
    );
  }
  const before = services.peaks();
  await notifiedThrough(db, (await matcher.applyUpdate(update('first', [])))?.operation ?? 0);
  const rows = [];
  for (const share of SHARES) {
    const chosen = stored.choose(ADVISORIES, share);
    const { operation } = await matcher.applyUpdate(update(`share ${share}`, chosen));
    const started = performance.now();
    await notifiedThrough(db, operation);
    const seconds = (performance.now() - started) / 1000;
    const [made] = await db.query<{ readonly notifications: number; readonly manifests: number }>(
      `select count(*) as notifications, count(distinct manifest) as manifests from notifier.notification
       join notifier.notification_set s on s.id = set_id where through_operation = $1`,
      [operation],
    );
    const delivered = await deliveredAfter(db, started);
    const peaks = services.peaks();
    rows.push({
      manifests: stored.manifests,
      'changed advisories': chosen.length,
      'manifests touched': `${made?.manifests} (${((100 * (made?.manifests ?? 0)) / stored.manifests).toFixed(1)} %)`,
      notifications: made?.notifications,
      's to the last row': seconds.toFixed(2),
      's to the last delivery': delivered.toFixed(2),
      'peak MiB indexer': `${mib(peaks.indexer)} (${mib(before.indexer)} idle)`,
      'peak MiB matcher': `${mib(peaks.matcher)} (${mib(before.matcher)} idle)`,
      'peak MiB notifier': `${mib(peaks.notifier)} (${mib(before.notifier)} idle)`,
    });
  }
  matcher.close();
  notifier.close();
  return rows;
}

let nextAdvisory = 0;

async function* update(fingerprint: string, packages: readonly Package[]) {
  const message = (partial: Parameters<typeof ApplyUpdateRequest.fromPartial>[0]) =>
    ApplyUpdateRequest.fromPartial(partial);
  const isFirst = packages.length === 0;
  const fetchedAt = new Date().toISOString();
  const header = { feed: 'bench', fingerprint, fetchedAt, staleAfterHours: 24 };
  yield message({ message: { $case: 'header', value: header } });
  const partition = { name: 'all', fingerprint, namespaces: ['debian:11'], changesOnly: !isFirst };
  yield message({ message: { $case: 'partition', value: partition } });
  for (const one of isFirst ? [undefined] : packages) {
    nextAdvisory += 1;
    const name = `CVE-2026-${nextAdvisory}`;
    const affected = {
      namespace: one?.namespace ?? 'debian:11',
      package: one?.name ?? 'a-package-that-nobody-has',
      packageKind: 'binary',
      scheme: one?.scheme ?? 'dpkg',
      range: { fixed: '9999:1-1' },
      status: 'affected',
      fixState: 'fixed',
      normalizedSeverity: nextAdvisory % 2 === 0 ? 'High' : 'Medium',
    };
    const advisory = { key: name, name, description: `About ${one?.name}.`, affected: [affected] };
    yield message({ message: { $case: 'advisory', value: advisory } });
  }
  yield message({ message: { $case: 'commit', value: { advisories: Math.max(1, packages.length) } } });
}

async function notifiedThrough(db: Database, operation: number): Promise<void> {
  for (;;) {
    const [row] = await db.query<{ readonly notified: number | null }>('select notified from notifier.progress');
    if ((row?.notified ?? -1) >= operation) return;
    await delay(10);
  }
}

async function deliveredAfter(db: Database, started: number): Promise<number> {
  for (;;) {
    const [row] = await db.query<{ readonly pending: number }>(
      `select count(*) as pending from notifier.delivery where state = 'pending'`,
    );
    if (row?.pending === 0) return (performance.now() - started) / 1000;
    await delay(10);
  }
}

function mib(bytes: number): number {
  return Math.round(bytes / MIB);
}

function print(text: string): void {
  process.stdout.write(text);
}
