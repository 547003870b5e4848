import type { Queryable } from '@clair/postgres';

/** What was last taken from a partition's URL, and sent to the matcher with success. */
export interface PartitionState {
  readonly name: string;
  readonly url: string;
  readonly etag: string;
  readonly lastModified: string;
  /** Also the fingerprint under which the matcher has it. */
  readonly contentHash: string;
  readonly bytes: number;
  readonly advisories: number;
  readonly rejectedRecords: number;
}

interface PartitionRow {
  readonly name: string;
  readonly url: string;
  readonly etag: string;
  readonly last_modified: string;
  readonly content_hash: string;
  readonly bytes: string;
  readonly advisories: string;
  readonly rejected_records: string;
}

export async function loadPartitions(db: Queryable, feed: string): Promise<ReadonlyMap<string, PartitionState>> {
  const rows = await db.query<PartitionRow>(
    `select name, url, etag, last_modified, content_hash, bytes::text, advisories::text, rejected_records::text
       from updater.partition_state where feed = $1`,
    [feed],
  );
  return new Map(rows.map((row) => [row.name, toState(row)]));
}

function toState(row: PartitionRow): PartitionState {
  return {
    name: row.name,
    url: row.url,
    etag: row.etag,
    lastModified: row.last_modified,
    contentHash: row.content_hash,
    bytes: Number(row.bytes),
    advisories: Number(row.advisories),
    rejectedRecords: Number(row.rejected_records),
  };
}

/** Replaces the state of the partitions given; others stay. */
export async function savePartitions(db: Queryable, feed: string, states: readonly PartitionState[]): Promise<void> {
  for (const state of states) {
    await db.execute(
      `insert into updater.partition_state
         (feed, name, url, etag, last_modified, content_hash, bytes, advisories, rejected_records, fetched_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, now())
       on conflict (feed, name) do update set url = excluded.url, etag = excluded.etag,
         last_modified = excluded.last_modified, content_hash = excluded.content_hash, bytes = excluded.bytes,
         advisories = excluded.advisories, rejected_records = excluded.rejected_records, fetched_at = now()`,
      [
        feed,
        state.name,
        state.url,
        state.etag,
        state.lastModified,
        state.contentHash,
        state.bytes,
        state.advisories,
        state.rejectedRecords,
      ],
    );
  }
}

export async function forgetPartitions(db: Queryable, feed: string, names: readonly string[]): Promise<void> {
  await db.execute('delete from updater.partition_state where feed = $1 and name = any($2::text[])', [feed, names]);
}
