import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrations, oweToSubscriptions } from '@clair/notifier';
import { type Database, migrate, openDatabase, startEmbeddedPostgres } from '@clair/postgres';

const NOTIFICATIONS = 100_000;
const MANIFESTS = 20_000;
const TEAMS = 1_000;
const SUBSCRIPTIONS = [10, 100, 1_000];
const SET = '00000000-0000-4000-8000-000000000001';

/**
 * What a new set costs inside of its commit for those who have subscribed: 100,000 notifications of 20,000 manifests of 1,000 teams, and
 * subscriptions of one team each, of some severity, every third to some packages.
 */
export async function subscriptions(): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'clair-bench-subscriptions-'));
  const postgres = await startEmbeddedPostgres({ dataDir: join(root, 'postgres') });
  const db = openDatabase({ connstring: postgres.connstring, schema: 'notifier', applicationName: 'bench' });
  try {
    await migrate(db, migrations);
    await storeSet(db);
    await subscribe(db);
    const rows: object[] = [];
    for (const count of SUBSCRIPTIONS) rows.push(await measure(db, count));
    console.table(rows);
  } finally {
    await db.close();
    await postgres.stop();
    await rm(root, { recursive: true, force: true });
  }
}

async function storeSet(db: Database): Promise<void> {
  await db.execute(
    `insert into notifier.notification_set (id, feed, after_operation, through_operation, notifications, created_at)
     values ($1, 'debian', 1, 2, $2, now())`,
    [SET, NOTIFICATIONS],
  );
  await db.execute(
    `insert into notifier.vulnerability (set_id, summary_hash, summary)
     select $1, 'h' || i, jsonb_build_object('packageName', 'package' || i % 100, 'namespace', 'debian:' || 10 + i % 4,
       'name', 'CVE-' || i, 'description', repeat('a flaw ', 60)) from generate_series(1, 200) i`,
    [SET],
  );
  await db.execute(
    `insert into notifier.notified_manifest (set_id, manifest, labels)
     select $1, 'sha256:' || md5(i::text), jsonb_build_object('tag', jsonb_build_array('v' || i),
       'team', jsonb_build_array('team-' || i % $3), 'repository', jsonb_build_array('quay.example/' || i % $3 || '/app-' || i % 7000))
     from generate_series(1, $2::int) i`,
    [SET, MANIFESTS, TEAMS],
  );
  await db.execute(
    `insert into notifier.notification
       (set_id, id, manifest, reason, certainty, package_version, package_arch, summary_hash, severity_rank, fixable)
     select $1, gen_random_uuid(), 'sha256:' || md5((1 + i % $3)::text), 'added', 2, '1', 'amd64', 'h' || 1 + i % 200, i % 6, i % 2 = 0
     from generate_series(1, $2::int) i`,
    [SET, NOTIFICATIONS, MANIFESTS],
  );
}

async function subscribe(db: Database): Promise<void> {
  const filter = { kinds: [], minSeverity: 'High', fixableOnly: false, namespace: '', epssThreshold: 0.1 };
  for (let team = 0; team < TEAMS; team += 1) {
    const own = { ...filter, package: team % 3 === 0 ? 'package1*' : '', labels: { team: `team-${team}` } };
    await db.execute(
      `insert into notifier.subscription (id, name, target, filter, created_at)
       values (gen_random_uuid(), $1, '{"kind": "webhook", "url": "https://hooks.example/"}', $2, now())`,
      [`team ${team}`, JSON.stringify(own)],
    );
  }
}

async function measure(db: Database, count: number): Promise<object> {
  await db.execute(
    `update notifier.subscription s set disabled_reason = case when nth <= $1 then null else 'not now' end
       from (select id, row_number() over (order by name) as nth from notifier.subscription) n where n.id = s.id`,
    [count],
  );
  const started = performance.now();
  await db.transaction((tx) => oweToSubscriptions(tx, { setId: SET, nowMs: Date.now() }));
  const seconds = (performance.now() - started) / 1000;
  const [owed] = await db.query<{ deliveries: number; matched: number }>(
    'select count(*) as deliveries, sum(matched)::bigint as matched from notifier.delivered_set',
  );
  await db.execute('delete from notifier.delivery');
  return { subscriptions: count, seconds: seconds.toFixed(2), ...owed };
}
