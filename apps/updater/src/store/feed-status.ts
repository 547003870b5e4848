import { type Queryable, storableText } from '@clair/postgres';
import type { FeedRunResult } from '../run/run-feed.ts';

/** How the last run of a feed went, as it is shown. Instants are RFC 3339 or empty. */
export interface FeedStatusRow {
  readonly feed: string;
  readonly lastAttemptAt: string;
  readonly lastSuccessAt: string;
  readonly lastChangedAt: string;
  readonly nextRunAt: string;
  readonly error: string;
  readonly advisories: number;
  readonly rejectedRecords: number;
  readonly rejections: readonly string[];
  readonly partitions: number;
  readonly failedPartitions: number;
  readonly fetchedBytes: number;
  readonly seconds: number;
}

/** A run that ended, whether well or not. */
export interface FinishedRun {
  readonly feed: string;
  readonly startedMs: number;
  readonly seconds: number;
  /** Empty when every partition succeeded. */
  readonly failures: readonly string[];
  /** The failures for people to read. */
  readonly error: string;
  /** `undefined` when nothing of the feed was taken. */
  readonly result: FeedRunResult | undefined;
  readonly partitionsBefore: number;
}

/** Sees to a row for each feed. Rows of other feeds stay: a replica with another configuration may run them. */
export async function registerFeeds(db: Queryable, feeds: readonly string[]): Promise<void> {
  await db.execute('insert into updater.feed_status (feed) select unnest($1::text[]) on conflict (feed) do nothing', [
    feeds,
  ]);
}

export async function loadFeedStatus(db: Queryable): Promise<FeedStatusRow[]> {
  const rows = await db.query<Record<string, unknown>>(
    `select feed, last_attempt_at, last_success_at, last_changed_at, next_run_at, error, advisories, rejected_records,
            rejections, partitions, failed_partitions, fetched_bytes, seconds
       from updater.feed_status order by feed`,
  );
  return rows.map((row) => ({
    feed: String(row.feed),
    lastAttemptAt: instant(row.last_attempt_at),
    lastSuccessAt: instant(row.last_success_at),
    lastChangedAt: instant(row.last_changed_at),
    nextRunAt: instant(row.next_run_at),
    error: String(row.error),
    advisories: Number(row.advisories),
    rejectedRecords: Number(row.rejected_records),
    rejections: Array.isArray(row.rejections) ? row.rejections.map(String) : [],
    partitions: Number(row.partitions),
    failedPartitions: Number(row.failed_partitions),
    fetchedBytes: Number(row.fetched_bytes),
    seconds: Number(row.seconds),
  }));
}

function instant(value: unknown): string {
  return value instanceof Date ? value.toISOString() : '';
}

/** Those of the feeds given whose time has come, longest overdue first. */
export async function dueFeeds(db: Queryable, feeds: readonly string[], nowMs: number): Promise<string[]> {
  const rows = await db.query<{ feed: string }>(
    'select feed from updater.feed_status where feed = any($1::text[]) and next_run_at <= $2 order by next_run_at, feed',
    [feeds, new Date(nowMs)],
  );
  return rows.map((row) => row.feed);
}

/** Writes how a run went. The totals are those of all partitions held, not of this run alone. */
export async function recordRun(db: Queryable, run: FinishedRun, nextRunMs: number): Promise<void> {
  await registerFeeds(db, [run.feed]);
  await db.execute(
    `update updater.feed_status set
       last_attempt_at = $2,
       last_success_at = case when $3 then $2 else last_success_at end,
       last_changed_at = case when $4 then $2 else last_changed_at end,
       error = $5, rejections = coalesce($6::text[], rejections), partitions = $7, failed_partitions = $8,
       fetched_bytes = $9, seconds = $10, next_run_at = $11,
       advisories = (select coalesce(sum(p.advisories), 0) from updater.partition_state p where p.feed = $1),
       rejected_records = (select coalesce(sum(p.rejected_records), 0) from updater.partition_state p where p.feed = $1)
     where feed = $1`,
    [
      run.feed,
      new Date(run.startedMs),
      run.failures.length === 0,
      run.result?.changed ?? false,
      storableText(run.error),
      // Those shown before stay while nothing new was read: the records they are about are still missing.
      run.result?.rejections?.map(storableText) ?? null,
      run.result?.partitions ?? run.partitionsBefore,
      run.failures.length,
      run.result?.fetchedBytes ?? 0,
      run.seconds,
      new Date(nextRunMs),
    ],
  );
}
