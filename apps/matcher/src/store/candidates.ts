import type { Affected } from '@clair/model';
import type { Queryable } from '@clair/postgres';
import { kindCode } from './affected-codes.ts';
import { AFFECTED_COLUMNS, type AffectedRow, type StoredAffected, toStoredAffected } from './affected-row.ts';

/** What to look up: affected rows about this package of this namespace, by its source or its binary name. */
export interface Wanted {
  readonly namespace: string;
  readonly package: string;
  readonly kind: Affected['packageKind'];
}

/** Live rows, or the rows that were live after an operation. */
export type Moment = 'now' | { readonly operation: number };

/** Closed rows are found by when they closed: those that outlived the operation are few, the rest are never read. */
const ROWS_OF = {
  now: 'select * from matcher.affected where valid_to is null',
  past: `select * from matcher.affected where valid_to is null and valid_from <= $4
         union all select * from matcher.affected where valid_to > $4 and valid_from <= $4`,
} as const;

/** One query, whatever the number of packages. In no order. */
export async function loadCandidates(
  db: Queryable,
  wanted: readonly Wanted[],
  moment: Moment,
): Promise<StoredAffected[]> {
  if (wanted.length === 0) return [];
  const rows = await db.query<AffectedRow>(
    `select ${AFFECTED_COLUMNS}
       from unnest($1::text[], $2::text[], $3::"char"[]) as w(namespace, package, kind)
       join matcher.namespace n on n.name = w.namespace
       join (${moment === 'now' ? ROWS_OF.now : ROWS_OF.past}) a
         on a.namespace = n.id and a.package = w.package and a.package_kind = w.kind`,
    [
      wanted.map((want) => want.namespace),
      wanted.map((want) => want.package),
      wanted.map((want) => kindCode(want.kind)),
      ...(moment === 'now' ? [] : [moment.operation]),
    ],
  );
  return rows.map(toStoredAffected);
}

/** What an advisory says in words, and whose it is. */
export interface AdvisoryText {
  readonly advisory: number;
  readonly feed: string;
  readonly partition: string;
  readonly name: string;
  readonly description: string;
  readonly issued: string;
  readonly links: readonly string[];
  readonly aliases: readonly string[];
  readonly upstream: readonly string[];
  readonly cvss: readonly string[];
  readonly weaknesses: readonly string[];
}

/** The texts of advisories at that moment, by number. One query. */
export async function loadAdvisoryTexts(
  db: Queryable,
  advisories: readonly number[],
  moment: Moment,
): Promise<ReadonlyMap<number, AdvisoryText>> {
  if (advisories.length === 0) return new Map();
  const holds =
    moment === 'now' ? 'r.valid_to is null' : 'r.valid_from <= $2 and (r.valid_to is null or r.valid_to > $2)';
  const rows = await db.query<AdvisoryText>(
    `select r.advisory, p.feed, p.name as partition, r.name, r.description, r.issued, r.links, r.aliases,
            r.upstream, r.cvss, r.weaknesses
       from unnest($1::bigint[]) as w(advisory)
       join matcher.advisory_revision r on r.advisory = w.advisory and ${holds}
       join matcher.advisory v on v.id = r.advisory
       join matcher.partition p on p.id = v.partition`,
    [advisories, ...(moment === 'now' ? [] : [moment.operation])],
  );
  return new Map(rows.map((row) => [row.advisory, row]));
}
