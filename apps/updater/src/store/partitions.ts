import type { Queryable } from '@clair/postgres';

/** Up to where the change log of a partition was followed. */
export interface FollowedChanges {
  /** RFC 3339; changes before it were taken. Empty: the whole is to be fetched. */
  readonly since: string;
  /** Of the changes at `since` or later, those that were taken: key to when it changed. */
  readonly taken: ReadonlyMap<string, string>;
}

/** What was last taken from a partition's URL, and sent to the matcher with success. */
export interface PartitionState {
  readonly name: string;
  /** Of its document, or of the first log of its changes. */
  readonly url: string;
  readonly etag: string;
  readonly lastModified: string;
  /** `algorithm:hex` as the source said it; empty when it says none. */
  readonly checksum: string;
  /** Also the fingerprint under which the matcher has it. */
  readonly contentHash: string;
  readonly bytes: number;
  readonly advisories: number;
  readonly rejectedRecords: number;
  readonly changes: FollowedChanges;
}

/** Of a partition without a change log. */
export const NO_CHANGES: FollowedChanges = { since: '', taken: new Map() };

interface PartitionRow {
  readonly name: string;
  readonly url: string;
  readonly etag: string;
  readonly last_modified: string;
  readonly checksum: string;
  readonly content_hash: string;
  readonly bytes: string;
  readonly advisories: string;
  readonly rejected_records: string;
  readonly changes_since: string;
  readonly changes_taken: readonly (readonly [string, string])[];
}

export async function loadPartitions(db: Queryable, feed: string): Promise<ReadonlyMap<string, PartitionState>> {
  const rows = await db.query<PartitionRow>(
    `select name, url, etag, last_modified, checksum, content_hash, bytes::text, advisories::text,
            rejected_records::text, changes_since, changes_taken
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
    checksum: row.checksum,
    contentHash: row.content_hash,
    bytes: Number(row.bytes),
    advisories: Number(row.advisories),
    rejectedRecords: Number(row.rejected_records),
    changes: { since: row.changes_since, taken: new Map(row.changes_taken) },
  };
}

/** Replaces the state of the partitions given; others stay. */
export async function savePartitions(db: Queryable, feed: string, states: readonly PartitionState[]): Promise<void> {
  for (const state of states) {
    await db.execute(
      `insert into updater.partition_state
         (feed, name, url, etag, last_modified, checksum, content_hash, bytes, advisories, rejected_records,
          changes_since, changes_taken, fetched_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, now())
       on conflict (feed, name) do update set url = excluded.url, etag = excluded.etag,
         last_modified = excluded.last_modified, checksum = excluded.checksum, content_hash = excluded.content_hash,
         bytes = excluded.bytes, advisories = excluded.advisories, rejected_records = excluded.rejected_records,
         changes_since = excluded.changes_since, changes_taken = excluded.changes_taken, fetched_at = now()`,
      [
        ...[feed, state.name, state.url, state.etag, state.lastModified, state.checksum, state.contentHash],
        ...[state.bytes, state.advisories, state.rejectedRecords],
        ...[state.changes.since, JSON.stringify([...state.changes.taken])],
      ],
    );
  }
}

export async function forgetPartitions(db: Queryable, feed: string, names: readonly string[]): Promise<void> {
  await db.execute('delete from updater.partition_state where feed = $1 and name = any($2::text[])', [feed, names]);
}
