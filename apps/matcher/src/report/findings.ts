import { comparedVersion, decide, isOverruled } from '@clair/matching';
import type { Verdict } from '@clair/model';
import type { StoredAffected } from '../store/affected-row.ts';
import type { GroupedInventory } from './inventory-groups.ts';

/** A package, and an affected row about it. */
export interface MatchedPackage {
  /** Index into the packages of the inventory. */
  readonly package: number;
  readonly row: StoredAffected;
  readonly verdict: Verdict['kind'];
  /** Why it is not affected or undecidable; else empty. */
  readonly reason: string;
  readonly comparedVersion: string;
}

/**
 * Every pair that is not ruled out, undecidable ones kept; by package, then by the number of the row. Pairs that are ruled out are
 * kept where they may outweigh what another source says of the same package.
 */
export function matchInventory(inventory: GroupedInventory, rows: readonly StoredAffected[]): MatchedPackage[] {
  const matched: MatchedPackage[] = [];
  const concerned = new Set<number>();
  for (const row of rows) {
    for (const group of inventory.groupsFor(row.affected)) {
      const verdict = decide(group.representative, row.affected);
      if (verdict.kind === 'not-affected' && !isOverruled(row.affected.namespace)) continue;
      const reason = verdict.kind === 'affected' ? '' : verdict.reason;
      const version = comparedVersion(group.representative, row.affected);
      for (const member of group.members) {
        if (verdict.kind !== 'not-affected') concerned.add(member);
        matched.push({ package: member, row, verdict: verdict.kind, reason, comparedVersion: version });
      }
    }
  }
  return matched
    .filter((match) => concerned.has(match.package))
    .sort((a, b) => a.package - b.package || a.row.id - b.row.id);
}
