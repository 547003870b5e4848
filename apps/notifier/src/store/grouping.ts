import { SEVERITIES } from '@clair/model';
import type { Database } from '@clair/postgres';

/**
 * Turns the staged answers into notifications, one per (feed, manifest, kind, key).
 *
 * A manifest has for each key a certainty (2 affected, 1 undecidable, 0 neither), a severity and the word whether there is a
 * fix: before the change by the rows removed, and after it by the rows added. More certain than before is `added`; the key
 * no longer had is `removed`; else the same finding may have become graver or fixable. So a row that was replaced (new
 * words, another fixed-in version) notifies nobody as long as the manifest stays as affected as it was, and a manifest that
 * becomes undecidable is never told that the flaw is gone. Rows that stayed and whose flaws have risen come as `risen`.
 *
 * Of a manifest and kind the most severe is marked: the summary that Clair sends (of equals the surest, then the first by key).
 *
 * Done in SQL because a change of one common package reaches every manifest: the sorts spill to disk, not to memory.
 */
function groupSql(schema: string): string {
  return `
with found as (
  select distinct on (c.feed, c.key, c.change, m.manifest)
    c.feed, c.key, c.change, m.manifest, m.certainty, c.severity_rank, c.fixable, c.risen, m.package_version, m.package_arch,
    m.labels, c.summary_hash, c.ref
  from ${schema}.staged_manifest m join ${schema}.staged_change c on c.run = m.run and c.ref = m.ref
  where m.run = $1
  order by c.feed, c.key, c.change, m.manifest, m.certainty desc, c.severity_rank desc, c.fixable desc,
    c.summary_hash, m.package_version collate "C", m.package_arch collate "C", c.ref
), compared as (
  select *, ${before('certainty')} as before, ${after('certainty')} as after,
    ${before('severity_rank')} as severity_before, ${before('fixable::int')} as fixable_before
  from found
), told as (
  select c.*, kind.reason, kind.detail from compared c cross join lateral (
    select 'added' as reason, '{}'::jsonb as detail where change = 'added' and certainty > before
    union all
    select 'removed', '{}' where change = 'removed' and after = 0
    union all
    select 'severity-raised', jsonb_build_object('severityBefore', ($2::text[])[severity_before + 1])
      where change = 'added' and before > 0 and after <= before and severity_rank > severity_before
    union all
    select 'fix-available', '{}' where change = 'added' and before > 0 and after <= before and fixable and fixable_before = 0
    union all
    select 'exploited', '{}' where change = 'risen' and (risen->>'exploited')::boolean
    union all
    select 'epss-raised', risen - 'exploited'
      where change = 'risen' and (risen->>'epssAfter')::float8 > (risen->>'epssBefore')::float8
  ) kind
)
insert into ${schema}.staged_notification
  (run, feed, manifest, reason, key, certainty, package_version, package_arch, summary_hash, summary_ref,
   severity_rank, fixable, detail, labels, in_summary)
select $1::uuid, feed, manifest, reason, key, certainty, package_version, package_arch, summary_hash, ref,
  severity_rank, fixable, detail, labels,
  row_number() over (partition by feed, manifest, reason order by severity_rank desc, certainty desc, key) = 1
from told`;
}

/** Of a key and manifest, whichever the feed: an advisory that moves to another feed is no news. 0 when there was none. */
const before = (what: string) => worstWhen('removed', what);
const after = (what: string) => worstWhen('added', what);
const worstWhen = (change: string, what: string) =>
  `coalesce(max(${what}) filter (where change = '${change}') over (partition by key, manifest), 0)`;

/** Stages the notifications of `run` and resolves to their number. */
export function groupNotifications(db: Database, run: string): Promise<number> {
  const s = db.schema;
  return db.transaction(
    async (tx) => {
      // The tables were empty a moment ago: without statistics the planner joins millions of rows in a nested loop.
      await tx.execute(`analyze ${s}.staged_change, ${s}.staged_manifest`);
      return tx.execute(groupSql(s), [run, SEVERITIES]);
    },
    { statementTimeoutMs: 0 },
  );
}
