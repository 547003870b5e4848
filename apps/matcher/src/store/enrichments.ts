import type { FlawFacts } from '@clair/model';
import { mergeFacts } from '@clair/model';
import type { Queryable } from '@clair/postgres';

interface EnrichmentRow {
  readonly flaw: string;
  readonly facts: FlawFacts;
}

/** What is known of each of the flaws; those of which nothing is known are not in it. One query. */
export async function loadEnrichments(
  db: Queryable,
  flaws: readonly string[],
): Promise<ReadonlyMap<string, FlawFacts>> {
  if (flaws.length === 0) return new Map();
  const rows = await db.query<EnrichmentRow>(
    `select e.flaw, e.facts from matcher.enrichment e join matcher.partition p on p.id = e.partition
      where e.flaw = any($1::text[]) and not p.removed order by e.flaw, p.feed, p.name`,
    [flaws],
  );
  const byFlaw = Map.groupBy(rows, (row) => row.flaw);
  return new Map([...byFlaw].map(([flaw, all]) => [flaw, mergeFacts(all.map(({ facts }) => facts))]));
}
