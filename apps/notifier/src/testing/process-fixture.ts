import type { Database } from '@clair/postgres';
import { createLogger, createMetrics, type Metrics } from '@clair/service-kit';
import { announcement } from '../delivery/announcement.ts';
import { createNotifierMetrics } from '../notifier-metrics.ts';
import type { RisenFlaw } from '../process/changed-row.ts';
import type { ProcessDependencies } from '../process/dependencies.ts';
import { clairView, loadPage } from '../store/pages.ts';
import { fakeClients } from './fake-clients.ts';
import { debianPackage, digestOf, type RowFields, vulnerability, type World } from './world.ts';

export interface ProcessFixture {
  readonly db: Database;
  readonly world: () => World;
  readonly options?: Partial<ProcessDependencies>;
  readonly metrics?: Metrics;
}

/** What a run needs, on fakes of the matcher and the indexer; every vulnerability is notified unless `options` say not. */
export function processDependencies({ db, world, options, metrics }: ProcessFixture): ProcessDependencies {
  return {
    db,
    log: createLogger({ level: 'fatal', name: 'test' }),
    metrics: createNotifierMetrics(metrics ?? createMetrics({ processMetrics: false })),
    clock: () => 1_700_000_000_000,
    webhook: true,
    announce: (set, inline) => announcement(set, inline, { callback: 'http://clair/n', timeMs: 0 }),
    ...fakeClients(world),
    ...options,
  };
}

/** As {@link notifiedTexts}, of what Clair's clients are shown in summary mode. */
export async function summaryTexts(db: Database): Promise<string[]> {
  const sets = await db.query<{ readonly id: string }>('select id from notifier.notification_set order by id');
  const pages = sets.map(({ id }) => loadPage(db, { setIds: [id], limit: 1000, where: clairView({ summary: true }) }));
  const all = (await Promise.all(pages)).flatMap(({ notifications }) => notifications);
  return all.map(({ reason, summary }) => `${reason} ${summary.name}`).sort();
}

/** `added CVE-1 openssl 2 affected @aaa` for each notification of the database, sorted. */
export async function notifiedTexts(db: Database): Promise<string[]> {
  const rows = await db.query<{ readonly text: string }>(
    `select concat_ws(' ', n.reason, v.summary->>'name', v.summary->>'packageName', n.package_version,
       case n.certainty when 2 then 'affected' else 'undecidable' end, '@' || substr(n.manifest, 8, 3)) as text
     from notifier.notification n join notifier.vulnerability v using (set_id, summary_hash)`,
  );
  return rows.map(({ text }) => text).sort();
}

export interface OneChange {
  /** Of a row of `before` that stays: what has become known. */
  readonly risen?: readonly { readonly fields: RowFields; readonly risen: RisenFlaw }[];
  readonly before?: readonly RowFields[];
  readonly after?: readonly RowFields[];
  /** Of openssl in the one manifest there is. */
  readonly version?: string;
}

/** What operation 2 does to what operation 1, a first load, brought. */
export function worldOfOneChange({ before = [], after = [], risen = [], version = '2' }: OneChange): World {
  return {
    operations: [
      { id: 1, feed: 'debian', firstLoad: true },
      { id: 2, feed: 'debian', firstLoad: false },
    ],
    rows: [
      ...before.map((fields) => ({ from: 1, to: 2, vulnerability: vulnerability(fields) })),
      ...after.map((fields) => ({ from: 2, vulnerability: vulnerability(fields) })),
    ],
    risen: risen.map(({ fields, risen: what }) => ({ at: 2, vulnerability: vulnerability(fields), risen: what })),
    manifests: { [digestOf('a')]: [debianPackage('openssl', version)] },
  };
}
