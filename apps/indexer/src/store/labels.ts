import type { Database } from '@clair/postgres';

/** Values of one label of one manifest that are kept: an image may be in many repositories, but not in any number of them. */
const VALUES_MAX = 100;

/**
 * Adds labels to those that a manifest has: a manifest that is sent again with another tag has both. A manifest that is not there stays
 * so; what a full label would have beyond its first {@link VALUES_MAX} values, in their order, is left out.
 */
export async function addLabels(db: Database, digest: string, labels: Readonly<Record<string, string>>): Promise<void> {
  const entries = Object.entries(labels);
  if (entries.length === 0) return;
  await db.execute(
    `update indexer.manifest m set labels = (
       select jsonb_object_agg(name, list) from (
         select name, to_jsonb((array_agg(value order by value))[1:${VALUES_MAX}]) as list from (
           select l.key as name, v.value from jsonb_each(m.labels) l cross join jsonb_array_elements_text(l.value) v
           union select * from unnest($2::text[], $3::text[])
         ) as said (name, value) group by name) as grouped)
     where m.digest = $1 and not (m.labels @> $4::jsonb)`,
    [
      digest,
      entries.map(([name]) => name),
      entries.map(([, value]) => value),
      JSON.stringify(Object.fromEntries(entries.map(([name, value]) => [name, [value]]))),
    ],
  );
}
