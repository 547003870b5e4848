import { ECOSYSTEMS } from '@clair/model';
import type { Queryable, Transaction } from '@clair/postgres';
import { AFFECTED_COLUMNS, type AffectedRow, type StoredAffected, toStoredAffected } from './affected-row.ts';
import type { AdvisoryText } from './candidates.ts';
import { type Risen, risenBetween } from './risen-flaws.ts';

export interface ChangedRow {
  readonly change: 'added' | 'removed' | 'kept' | 'risen';
  readonly row: StoredAffected;
  readonly text: AdvisoryText;
  /** Of a risen row. */
  readonly risen?: Risen;
}

export interface DiffRange {
  /** Exclusive. */
  readonly after: number;
  /** Inclusive. */
  readonly through: number;
  /** Empty: all feeds. */
  readonly feed: string;
  /** Also what is no news: the first load of a feed, and of a namespace that it did not speak for before. */
  readonly includeFirstLoads: boolean;
  /** Also the rows that did not change, of those (advisory, namespace, package) of which another row did; of a language's package all. */
  readonly includeKept: boolean;
  /** Also the live rows of advisories about flaws whose risk has risen. */
  readonly includeRisen: boolean;
}

type DiffRow = AffectedRow & { readonly change: ChangedRow['change'] } & {
  readonly feed: string;
  readonly partition: string;
  readonly advisory_name: string;
  readonly description: string;
  readonly issued: string;
  readonly links: readonly string[];
  readonly aliases: readonly string[];
  readonly upstream: readonly string[];
  readonly cvss: readonly string[];
  readonly weaknesses: readonly string[];
};

const TEXT_COLUMNS = `p.feed, p.name as partition, r.name as advisory_name, r.description, r.issued, r.links, r.aliases,
  r.upstream, r.cvss, r.weaknesses`;

/** `at`: the operation whose text of the advisory is shown; `feed`: the parameter that names the feed. */
const joins = (at: string, feed: string) => `join matcher.namespace n on n.id = a.namespace
  join matcher.advisory v on v.id = a.advisory
  join matcher.partition p on p.id = v.partition and (${feed} = '' or p.feed = ${feed})
  join matcher.advisory_revision r on r.advisory = a.advisory
    and r.valid_from <= ${at} and (r.valid_to is null or r.valid_to > ${at})`;

const DIFF = `
select 'added' as change, ${AFFECTED_COLUMNS}, ${TEXT_COLUMNS}
  from matcher.affected a ${joins('$2::bigint', '$3')}
 where a.valid_from > $1::bigint and a.valid_from <= $2::bigint and (a.valid_to is null or a.valid_to > $2::bigint)
   and ($4 or not exists (select from matcher.update_operation o where o.id = a.valid_from and o.first_load)
          and not exists (select from matcher.claimed_namespace c
                           where c.feed = p.feed and c.name = n.name and c.operation = a.valid_from))
union all
select 'removed' as change, ${AFFECTED_COLUMNS}, ${TEXT_COLUMNS}
  from matcher.affected a ${joins('$1::bigint', '$3')}
 where a.valid_to > $1::bigint and a.valid_to <= $2::bigint and a.valid_from <= $1::bigint`;

/**
 * Two halves, so that the live rows are found by the partial index on them; the others are few. Of a language's package all of it: several
 * advisories may be about one flaw of it, and which has the say depends on what the others say.
 */
const KEPT = `
with languages as (
  select id from matcher.namespace where name = any($4::text[])
), touched as (
  select advisory, namespace, package, package_kind from matcher.affected
   where valid_from > $1::bigint and valid_from <= $2::bigint
  union
  select advisory, namespace, package, package_kind from matcher.affected
   where valid_to > $1::bigint and valid_to <= $2::bigint
), own as (
  select * from touched where namespace not in (select id from languages)
), shared as (
  select distinct namespace, package, package_kind from touched where namespace in (select id from languages)
), kept as (
  select a.* from own t join matcher.affected a using (advisory, namespace, package, package_kind)
   where a.valid_to is null and a.valid_from <= $1::bigint
  union all
  select a.* from own t join matcher.affected a using (advisory, namespace, package, package_kind)
   where a.valid_to > $2::bigint and a.valid_from <= $1::bigint
  union all
  select a.* from shared t join matcher.affected a using (namespace, package, package_kind)
   where a.valid_to is null and a.valid_from <= $1::bigint
  union all
  select a.* from shared t join matcher.affected a using (namespace, package, package_kind)
   where a.valid_to > $2::bigint and a.valid_from <= $1::bigint
)
select 'kept' as change, ${AFFECTED_COLUMNS}, ${TEXT_COLUMNS}
  from kept a ${joins('$2::bigint', '$3')}`;

/**
 * Without an index on the ids: 160,000 advisories are read in a fraction of a second, and a risen flaw is rare. What an advisory is worth is
 * its gravest flaw, as reports have it; and what came and went before anybody looked is no news, so what is known now counts.
 */
const RISEN = `
with risen as (
  select * from unnest($1::text[], $2::boolean[], $3::double precision[], $4::double precision[])
    as f (flaw, exploited, before, after)
), concerned as (
  select distinct on (r.advisory) r.advisory, array(select distinct unnest(r.name || r.aliases || r.upstream)) as ids
    from matcher.advisory_revision r
   cross join lateral unnest(r.name || r.aliases || r.upstream) as id
    join risen f on f.flaw = id
   where r.valid_from <= $5::bigint and (r.valid_to is null or r.valid_to > $5::bigint)
), known as (
  select e.flaw, bool_or(e.facts ? 'exploited') as exploited,
         coalesce(max((e.facts #>> '{epss,score}')::double precision), 0) as epss
    from matcher.enrichment e join matcher.partition p on p.id = e.partition and not p.removed
   where e.flaw in (select unnest(ids) from concerned) group by e.flaw
), weighed as (
  select c.advisory, bool_or(k.exploited and coalesce(f.exploited, false)) as newly,
         bool_or(k.exploited and not coalesce(f.exploited, false)) as already,
         max(case when f.after > 0 then least(f.before, k.epss) else k.epss end) as before, max(k.epss) as after
    from concerned c cross join lateral unnest(c.ids) as id join known k on k.flaw = id left join risen f on f.flaw = id
   group by c.advisory
), named as (
  -- Rounded: 0.3 * 10 is not 3.
  select advisory, newly and not already as exploited, before, after,
         floor(round((after * 10)::numeric, 9)) > floor(round((before * 10)::numeric, 9)) as rises
    from weighed
)
select 'risen' as change, ${AFFECTED_COLUMNS}, ${TEXT_COLUMNS}, m.exploited,
       case when m.rises then m.before else 0 end as "epssBefore", case when m.rises then m.after else 0 end as "epssAfter"
  from named m join matcher.affected a on a.advisory = m.advisory ${joins('$5::bigint', '$6')}
 where (m.exploited or m.rises) and a.valid_from <= $5::bigint and (a.valid_to is null or a.valid_to > $5::bigint)`;

const LANGUAGES = ECOSYSTEMS.map(({ namespace }) => namespace);

/** Rows that came or went in (after, through], those that did both left out. In no order, a batch at a time. */
export async function* diffRows(tx: Transaction, range: DiffRange): AsyncGenerator<ChangedRow> {
  const values = [range.after, range.through, range.feed, range.includeFirstLoads];
  for await (const row of tx.cursor<DiffRow>(DIFF, values)) {
    yield { change: row.change, row: toStoredAffected(row), text: toText(row) };
  }
  if (range.includeKept) {
    for await (const row of tx.cursor<DiffRow>(KEPT, [range.after, range.through, range.feed, LANGUAGES])) {
      yield { change: row.change, row: toStoredAffected(row), text: toText(row) };
    }
  }
  if (range.includeRisen) yield* risenRows(tx, range);
}

/** Nothing is read of the advisories while no flaw has risen. */
async function* risenRows(tx: Transaction, { after, through, feed }: DiffRange): AsyncGenerator<ChangedRow> {
  const flaws = await risenBetween(tx, { after, through });
  if (flaws.length === 0) return;
  const values = [
    flaws.map(({ flaw }) => flaw),
    flaws.map(({ exploited }) => exploited),
    flaws.map(({ epssBefore }) => epssBefore),
    flaws.map(({ epssAfter }) => epssAfter),
    through,
    feed,
  ];
  for await (const row of tx.cursor<DiffRow & Risen>(RISEN, values)) {
    const { exploited, epssBefore, epssAfter } = row;
    const risen = { exploited, epssBefore, epssAfter };
    yield { change: 'risen', row: toStoredAffected(row), text: toText(row), risen };
  }
}

const LIVE = `
select 'added' as change, ${AFFECTED_COLUMNS}, ${TEXT_COLUMNS}
  from matcher.affected a ${joins('$1::bigint', '$2')}
 where a.valid_from <= $1::bigint and (a.valid_to is null or a.valid_to > $1::bigint)`;

/** All rows of a feed that were live after an operation. In no order, a batch at a time. */
export async function* liveRows(
  tx: Transaction,
  moment: { readonly feed: string; readonly operation: number },
): AsyncGenerator<ChangedRow> {
  for await (const row of tx.cursor<DiffRow>(LIVE, [moment.operation, moment.feed])) {
    yield { change: 'added', row: toStoredAffected(row), text: toText(row) };
  }
}

/** The operation from which on the history is whole, for the feed, or for every feed when it is empty. */
export async function historyFrom(db: Queryable, feed: string): Promise<number> {
  const rows = await db.query<{ from: number | null }>(
    `select max(history_from) as from from matcher.feed where $1 = '' or id = $1`,
    [feed],
  );
  return rows[0]?.from ?? 0;
}

function toText(row: DiffRow): AdvisoryText {
  return {
    advisory: row.advisory,
    feed: row.feed,
    partition: row.partition,
    name: row.advisory_name,
    description: row.description,
    issued: row.issued,
    links: row.links,
    aliases: row.aliases,
    upstream: row.upstream,
    cvss: row.cvss,
    weaknesses: row.weaknesses,
  };
}
