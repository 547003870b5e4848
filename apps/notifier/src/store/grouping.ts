import type { Database } from '@clair/postgres';

/** Of a manifest and reason only the most severe vulnerability; of equals the surest, then the first by key. */
const SUMMARY = {
  distinct: 'distinct on (feed, manifest, change)',
  order: 'order by feed, manifest, change, severity_rank desc, certainty desc, key',
} as const;

const EVERY_VULNERABILITY = { distinct: '', order: '' } as const;

/**
 * Turns the staged answers into notifications, one per (feed, manifest, reason, key).
 *
 * A manifest has a certainty (2 affected, 1 undecidable, 0 neither) for each key before the change, by the rows removed,
 * and after it, by the rows added. It is notified as `added` when it is more certain after than before, and as `removed`
 * when it has the key no longer. So a row that was replaced (a new description, another fixed-in version) notifies nobody
 * as long as the manifest stays affected, and a manifest that becomes undecidable is never told that the flaw is gone.
 *
 * Done in SQL because a change of one common package reaches every manifest: the sorts spill to disk, not to memory.
 */
function groupSql(schema: string, { distinct, order }: { readonly distinct: string; readonly order: string }): string {
  return `
with found as (
  select distinct on (c.feed, c.key, c.change, m.manifest)
    c.feed, c.key, c.change, m.manifest, m.certainty, c.severity_rank, m.package_version, m.package_arch, c.summary_hash, c.ref
  from ${schema}.staged_manifest m join ${schema}.staged_change c on c.run = m.run and c.ref = m.ref
  where m.run = $1
  order by c.feed, c.key, c.change, m.manifest,
    m.certainty desc, c.severity_rank desc, c.summary_hash, m.package_version collate "C", m.package_arch collate "C", c.ref
), certain as (
  select *,
    coalesce(max(certainty) filter (where change = 'removed') over (partition by key, manifest), 0) as before,
    coalesce(max(certainty) filter (where change = 'added') over (partition by key, manifest), 0) as after
  from found
)
insert into ${schema}.staged_notification
  (run, feed, manifest, reason, key, certainty, package_version, package_arch, summary_hash, summary_ref)
select ${distinct}
  $1::uuid, feed, manifest, change, key, certainty, package_version, package_arch, summary_hash, ref
from certain
where (change = 'added' and certainty > before) or (change = 'removed' and after = 0)
${order}`;
}

/** Stages the notifications of `run` and resolves to their number. */
export function groupNotifications(
  db: Database,
  run: string,
  { summary }: { readonly summary: boolean },
): Promise<number> {
  const s = db.schema;
  return db.transaction(
    async (tx) => {
      // The tables were empty a moment ago: without statistics the planner joins millions of rows in a nested loop.
      await tx.execute(`analyze ${s}.staged_change, ${s}.staged_manifest`);
      return tx.execute(groupSql(s, summary ? SUMMARY : EVERY_VULNERABILITY), [run]);
    },
    { statementTimeoutMs: 0 },
  );
}
