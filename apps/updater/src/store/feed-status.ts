import type { Database } from '@clair/postgres';

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

export interface RunRecord {
  readonly feed: string;
  readonly succeeded: boolean;
  readonly changed: boolean;
  /** Empty when every partition succeeded. */
  readonly error: string;
  readonly rejections: readonly string[];
  readonly partitions: number;
  readonly failedPartitions: number;
  readonly fetchedBytes: number;
  readonly seconds: number;
  readonly nextRunMs: number;
}

/** Sees to a row for each feed, and forgets feeds that are not configured any more. */
export async function registerFeeds(db: Database, feeds: readonly string[]): Promise<void> {
  await db.execute('insert into updater.feed_status (feed) select unnest($1::text[]) on conflict (feed) do nothing', [
    feeds,
  ]);
  await db.execute('delete from updater.feed_status where feed <> all($1::text[])', [feeds]);
}

export async function loadFeedStatus(db: Database): Promise<FeedStatusRow[]> {
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

/** The feeds whose time has come, longest overdue first. */
export async function dueFeeds(db: Database, nowMs: number): Promise<string[]> {
  const rows = await db.query<{ feed: string }>(
    'select feed from updater.feed_status where next_run_at <= $1 order by next_run_at',
    [new Date(nowMs)],
  );
  return rows.map((row) => row.feed);
}

/** Writes how a run went. The totals are those of all partitions held, not of this run alone. */
export async function recordRun(db: Database, run: RunRecord, startedMs: number): Promise<void> {
  await db.execute(
    `update updater.feed_status set
       last_attempt_at = $2,
       last_success_at = case when $3 then $2 else last_success_at end,
       last_changed_at = case when $4 then $2 else last_changed_at end,
       error = $5, rejections = $6::text[], partitions = $7, failed_partitions = $8,
       fetched_bytes = $9, seconds = $10, next_run_at = $11,
       advisories = (select coalesce(sum(p.advisories), 0) from updater.partition_state p where p.feed = $1),
       rejected_records = (select coalesce(sum(p.rejected_records), 0) from updater.partition_state p where p.feed = $1)
     where feed = $1`,
    [
      run.feed,
      new Date(startedMs),
      run.succeeded,
      run.changed,
      run.error,
      run.rejections,
      run.partitions,
      run.failedPartitions,
      run.fetchedBytes,
      run.seconds,
      new Date(run.nextRunMs),
    ],
  );
}
