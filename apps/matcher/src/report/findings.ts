import { comparedVersion, decide } from '@clair/matching';
import type { StoredAffected } from '../store/affected-row.ts';
import type { GroupedInventory } from './inventory-groups.ts';

/** A package that an affected row concerns, or may concern. */
export interface MatchedPackage {
  /** Index into the packages of the inventory. */
  readonly package: number;
  readonly row: StoredAffected;
  readonly verdict: 'affected' | 'undecidable';
  /** Why it is undecidable; else empty. */
  readonly reason: string;
  readonly comparedVersion: string;
}

/** Every pair that is not ruled out, undecidable ones kept; by package, then by the number of the row. */
export function matchInventory(inventory: GroupedInventory, rows: readonly StoredAffected[]): MatchedPackage[] {
  const matched: MatchedPackage[] = [];
  for (const row of rows) {
    for (const group of inventory.groupsFor(row.affected)) {
      const verdict = decide(group.representative, row.affected);
      if (verdict.kind === 'not-affected') continue;
      const reason = verdict.kind === 'undecidable' ? verdict.reason : '';
      const version = comparedVersion(group.representative, row.affected);
      for (const member of group.members) {
        matched.push({ package: member, row, verdict: verdict.kind, reason, comparedVersion: version });
      }
    }
  }
  return matched.sort((a, b) => a.package - b.package || a.row.id - b.row.id);
}
