import type { Database } from '@clair/postgres';

/** A set, and its place in the order in which sets became visible. */
export interface SequencedSet {
  readonly id: string;
  readonly sequence: number;
}

/** The next sets after `after`, ascending. */
export function loadSetsAfter(db: Database, after: number, limit: number): Promise<SequencedSet[]> {
  const sql = `select id, sequence from ${db.schema}.notification_set where sequence > $1 order by sequence limit $2`;
  return db.query<SequencedSet>(sql, [after, limit]);
}

/** The sequence of the newest set, collected ones too; 0 when there never was one. */
export async function newestSequence(db: Database): Promise<number> {
  const s = db.schema;
  const sql = `select greatest(collected_through, (select coalesce(max(sequence), 0) from ${s}.notification_set)) as newest from ${s}.progress`;
  const [row] = await db.query<{ readonly newest: number }>(sql);
  return row?.newest ?? 0;
}

/** Up to which sequence some sets are not kept any more. */
export async function collectedThrough(db: Database): Promise<number> {
  const sql = `select collected_through as through from ${db.schema}.progress`;
  const [row] = await db.query<{ readonly through: number }>(sql);
  return row?.through ?? 0;
}
