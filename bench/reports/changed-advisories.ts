import { ApplyUpdateRequest, type MatcherServiceClient, WireAdvisory } from '@clair/contracts';
import type { Database } from '@clair/postgres';

/** Advisories of one partition as they stand, but for the version that fixes them. */
export interface ChangedAdvisories {
  readonly partition: string;
  readonly namespaces: readonly string[];
  readonly advisories: readonly WireAdvisory[];
}

interface Target {
  readonly id: number;
  readonly key: string;
  readonly partition: string;
  readonly namespaces: readonly string[];
}

let version = 0;

/** As many advisories of the feed as there are up to `count`, spread over its partitions as they lie. */
export async function changedAdvisories(
  db: Database,
  matcher: Pick<MatcherServiceClient, 'diffOperations'>,
  { feed, count }: { readonly feed: string; readonly count: number },
): Promise<readonly ChangedAdvisories[]> {
  version += 1;
  const rows = await db.query<Target>(
    `with chosen as (
       select v.id, v.key, p.name, p.namespaces from matcher.advisory v join matcher.partition p on p.id = v.partition
       where p.feed = $1 and v.content is not null order by md5(v.key) limit $2)
     select a.id, c.key, c.name as partition, c.namespaces from chosen c
     join matcher.affected a on a.advisory = c.id where a.valid_to is null`,
    [feed, count],
  );
  const byRow = new Map(rows.map((row) => [row.id, row]));
  const partitions = new Map<string, { namespaces: readonly string[]; advisories: Map<string, WireAdvisory> }>();
  for await (const { change, vulnerability } of matcher.diffOperations({ after: 0, feed, includeFirstLoads: true })) {
    const target = vulnerability && byRow.get(vulnerability.id);
    if (change !== 'added' || vulnerability?.affected === undefined || target === undefined) continue;
    const own = partitions.get(target.partition) ?? { namespaces: target.namespaces, advisories: new Map() };
    partitions.set(target.partition, own);
    const { name, description, issued, links, aliases, upstream, cvss, weaknesses, affected } = vulnerability;
    const before = own.advisories.get(target.key)?.affected ?? [];
    const changed = {
      ...affected,
      fixState: 'fixed',
      range: { introduced: '', fixed: `9${version}:1-1`, lastAffected: '' },
    };
    const words = { name, description, issued, links, aliases, upstream, cvss, weaknesses };
    own.advisories.set(target.key, { key: target.key, ...words, affected: [...before, changed] });
  }
  return [...partitions].map(([partition, { namespaces, advisories }]) => ({
    partition,
    namespaces,
    advisories: [...advisories.values()],
  }));
}

/** As the updater sends what a source's log of changes names. */
export async function* updateMessages(feed: string, fingerprint: string, changed: readonly ChangedAdvisories[]) {
  const fetchedAt = new Date().toISOString();
  const message = (value: ApplyUpdateRequest['message']) => ApplyUpdateRequest.fromPartial({ message: value });
  yield message({ $case: 'header', value: { feed, fingerprint, fetchedAt, staleAfterHours: 24 } });
  for (const { partition: name, namespaces, advisories } of changed) {
    const partition = { name, fingerprint, namespaces, removed: false, rejectedRecords: 0, changesOnly: true };
    yield message({ $case: 'partition', value: { ...partition, endedKeys: [], baseFingerprint: '' } });
    for (const advisory of advisories) yield message({ $case: 'advisory', value: WireAdvisory.fromPartial(advisory) });
  }
  const sum = changed.reduce((all, { advisories }) => all + advisories.length, 0);
  yield message({ $case: 'commit', value: { advisories: sum } });
}

/** The same, changed once more. */
export function withVersion(changed: readonly ChangedAdvisories[], number: number): readonly ChangedAdvisories[] {
  const range = { introduced: '', fixed: `8${number}:1-1`, lastAffected: '' };
  return changed.map((partition) => ({
    ...partition,
    advisories: partition.advisories.map((advisory) => ({
      ...advisory,
      affected: advisory.affected.map((row) => ({ ...row, range })),
    })),
  }));
}
