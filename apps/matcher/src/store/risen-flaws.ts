import type { Queryable, Transaction } from '@clair/postgres';

/** What has become worse of a flaw. */
export interface Risen {
  /** It is known to be exploited, and was not before. */
  readonly exploited: boolean;
  /** Its EPSS has come into a higher tenth; both 0 where it has not. */
  readonly epssBefore: number;
  readonly epssAfter: number;
}

export interface RisenFlaw extends Risen {
  readonly flaw: string;
}

/** What is staged beside what is stored, before that is changed. A flaw that is new counts as one with an EPSS of 0. */
export function risenFlaws(tx: Transaction): Promise<RisenFlaw[]> {
  return tx.query<RisenFlaw>(
    `with compared as (
       select s.flaw, s.facts::jsonb ? 'exploited' and not coalesce(e.facts ? 'exploited', false) as exploited,
              coalesce((e.facts #>> '{epss,score}')::double precision, 0) as before,
              coalesce((s.facts::jsonb #>> '{epss,score}')::double precision, 0) as after
         from staged_enrichment s left join matcher.enrichment e on e.partition = s.partition and e.key = s.key
     ), steps as (
       -- Rounded: 0.3 * 10 is not 3.
       select *, floor(round((after * 10)::numeric, 9)) > floor(round((before * 10)::numeric, 9)) as rises from compared
     )
     select flaw, bool_or(exploited) as exploited, coalesce(min(before) filter (where rises), 0) as "epssBefore",
            coalesce(max(after) filter (where rises), 0) as "epssAfter"
       from steps where exploited or rises group by flaw order by flaw`,
  );
}

/** Returns the number of rows written. */
export async function insertRisenFlaws(
  tx: Transaction,
  operation: number,
  flaws: readonly RisenFlaw[],
): Promise<number> {
  if (flaws.length === 0) return 0;
  return tx.execute(
    `insert into matcher.risen_flaw (operation, flaw, exploited, epss_before, epss_after)
     select $1, * from unnest($2::text[], $3::boolean[], $4::double precision[], $5::double precision[])`,
    [
      operation,
      flaws.map(({ flaw }) => flaw),
      flaws.map(({ exploited }) => exploited),
      flaws.map(({ epssBefore }) => epssBefore),
      flaws.map(({ epssAfter }) => epssAfter),
    ],
  );
}

/** By flaw, over all operations of (after, through]. */
export function risenBetween(
  db: Queryable,
  range: { readonly after: number; readonly through: number },
): Promise<RisenFlaw[]> {
  return db.query<RisenFlaw>(
    `select flaw, bool_or(exploited) as exploited, coalesce(min(epss_before) filter (where epss_after > 0), 0) as "epssBefore",
            max(epss_after) as "epssAfter"
       from matcher.risen_flaw where operation > $1 and operation <= $2 group by flaw order by flaw`,
    [range.after, range.through],
  );
}
