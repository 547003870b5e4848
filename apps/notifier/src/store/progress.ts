import { invariant } from '@clair/model';
import type { Database } from '@clair/postgres';

/** How far the operations of the matcher are notified. */
export interface Progress {
  /** The last operation notified; `undefined` before the very first run. */
  readonly notified: number | undefined;
  /** The newest operation that the matcher has told of. */
  readonly newest: number;
  /** The newest operation that an event has told of. */
  readonly seen: number;
}

interface ProgressRow {
  readonly notified: number | null;
  readonly newest: number;
  readonly seen: number;
}

export async function loadProgress(db: Database): Promise<Progress> {
  const [row] = await db.query<ProgressRow>(`select notified, newest, seen from ${db.schema}.progress`);
  invariant(row !== undefined, 'the progress row was made by the migration');
  return { ...row, notified: row.notified ?? undefined };
}

/** Remembers that an event told of `operation`. Idempotent, in any order. */
export async function recordSeen(db: Database, operation: number): Promise<void> {
  await db.execute(`update ${db.schema}.progress set seen = $1 where seen < $1`, [operation]);
}

/**
 * Remembers what the matcher answered. An event's word for more than the matcher has (its database was made anew, or
 * the operation was deleted) is forgotten, unless another event came since `seenBefore` was read.
 */
export async function recordNewest(db: Database, newest: number, seenBefore: number): Promise<void> {
  await db.execute(
    `update ${db.schema}.progress set newest = $1, seen = case when seen = $2 then least(seen, $1) else seen end`,
    [newest, seenBefore],
  );
}

/** Goes on from `to` without notifying what lies before it. Changes nothing unless `from` still holds. */
export async function moveProgress(db: Database, from: number | undefined, to: number): Promise<void> {
  const sql = `update ${db.schema}.progress set notified = $1, run = null where notified is not distinct from $2::bigint`;
  await db.execute(sql, [to, from ?? null]);
}
