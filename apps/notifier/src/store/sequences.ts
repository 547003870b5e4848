import type { Database } from '@clair/postgres';

/** A set, and its place in the order in which sets became visible. */
export interface SequencedSet {
  readonly id: string;
  readonly sequence: number;
}

/** The next sets after `after`, ascending; none of which only a part is left. */
export function loadSetsAfter(db: Database, after: number, limit: number): Promise<SequencedSet[]> {
  const sql = `select id, sequence from ${db.schema}.notification_set
    where sequence > $1 and not collecting order by sequence limit $2`;
  return db.query<SequencedSet>(sql, [after, limit]);
}

function newest(s: string): string {
  return `greatest(collected_through, (select coalesce(max(sequence), 0) from ${s}.notification_set)) as newest`;
}

/** The sequence of the newest set, collected ones too; 0 when there never was one. */
export async function newestSequence(db: Database): Promise<number> {
  const s = db.schema;
  const sql = `select ${newest(s)} from ${s}.progress`;
  const [row] = await db.query<{ readonly newest: number }>(sql);
  return row?.newest ?? 0;
}

/** What is left of the sets above a sequence. */
export interface Kept {
  /** Up to which sequence some sets are not kept any more. */
  readonly collectedThrough: number;
  /** How many are kept, up to and with `through`. */
  readonly sets: number;
  /** As {@link newestSequence}. */
  readonly newest: number;
}

/** `through`: default the sequence up to which sets are collected. Of one moment. */
export async function loadKept(
  db: Database,
  { after, through }: { readonly after: number; readonly through?: number },
): Promise<Kept> {
  const s = db.schema;
  const sql = `
select collected_through as "collectedThrough", (
  select count(*) from ${s}.notification_set
  where sequence > $1 and sequence <= coalesce($2, collected_through) and not collecting) as sets, ${newest(s)}
from ${s}.progress`;
  const [row] = await db.query<Kept>(sql, [after, through ?? null]);
  return row ?? { collectedThrough: 0, sets: 0, newest: 0 };
}
