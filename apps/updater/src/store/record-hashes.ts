import type { Queryable } from '@clair/postgres';
import { decodeRecordHashes, type RecordHashes } from '../run/record-hashes.ts';

/** Of the document of a partition that had that content hash. */
export interface RememberedRecords {
  readonly name: string;
  readonly contentHash: string;
  /** As `encodeRecordHashes` makes it. */
  readonly hashes: Uint8Array;
}

/** `undefined` when nothing is remembered of just that document. */
export async function loadRecordHashes(
  db: Queryable,
  feed: string,
  { partition, contentHash }: { readonly partition: string; readonly contentHash: string },
): Promise<RecordHashes | undefined> {
  const [row] = await db.query<{ hashes: Uint8Array }>(
    'select hashes from updater.record_hashes where feed = $1 and partition = $2 and content_hash = $3',
    [feed, partition, contentHash],
  );
  return row && decodeRecordHashes(row.hashes);
}

/** Replaces what is remembered of the partitions given. */
export async function saveRecordHashes(
  db: Queryable,
  feed: string,
  remembered: readonly RememberedRecords[],
): Promise<void> {
  for (const { name, contentHash, hashes } of remembered) {
    await db.execute(
      `insert into updater.record_hashes (feed, partition, content_hash, hashes) values ($1, $2, $3, $4)
       on conflict (feed, partition) do update set content_hash = excluded.content_hash, hashes = excluded.hashes`,
      [feed, name, contentHash, hashes],
    );
  }
}
