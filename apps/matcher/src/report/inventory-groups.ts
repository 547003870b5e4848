import { matchNames } from '@clair/matching';
import type { Affected, Inventory, InventoryPackage } from '@clair/model';
import type { Wanted } from '../store/candidates.ts';

/** Packages of an inventory that every advisory row of one kind treats alike: decided once, reported each. */
export interface MatchGroup {
  readonly representative: InventoryPackage;
  /** Indexes into the packages of the inventory, ascending. */
  readonly members: readonly number[];
}

/** An inventory prepared for matching; nothing of it changes afterwards, so it may be shared between requests. */
export interface GroupedInventory {
  readonly inventory: Inventory;
  readonly wanted: readonly Wanted[];
  readonly packagesByNamespace: ReadonlyMap<string, number>;
  /** The groups that an affected row with this namespace, package and kind is about. */
  groupsFor(affected: Affected): readonly MatchGroup[];
}

/** Packages without a namespace are counted, and in no group: no advisory speaks of them. */
export function groupInventory(inventory: Inventory): GroupedInventory {
  const groups = new Map<string, Map<string, { representative: InventoryPackage; members: number[] }>>();
  const wanted: Wanted[] = [];
  const packagesByNamespace = new Map<string, number>();
  for (const [index, pkg] of inventory.packages.entries()) {
    packagesByNamespace.set(pkg.namespace, (packagesByNamespace.get(pkg.namespace) ?? 0) + 1);
    if (pkg.namespace === '') continue;
    const names = matchNames(pkg);
    for (const kind of ['source', 'binary'] as const) {
      const want: Wanted = { namespace: pkg.namespace, package: names[kind], kind };
      const place = placeOf(want);
      const found = groups.get(place);
      const byTraits = found ?? new Map<string, { representative: InventoryPackage; members: number[] }>();
      if (found === undefined) {
        groups.set(place, byTraits);
        wanted.push(want);
      }
      const traits = traitsOf(pkg, kind);
      const group = byTraits.get(traits);
      if (group === undefined) byTraits.set(traits, { representative: pkg, members: [index] });
      else group.members.push(index);
    }
  }
  const lists = new Map([...groups].map(([place, byTraits]) => [place, [...byTraits.values()]]));
  return {
    inventory,
    wanted,
    packagesByNamespace,
    groupsFor: (affected) =>
      lists.get(placeOf({ namespace: affected.namespace, package: affected.package, kind: affected.packageKind })) ??
      [],
  };
}

function placeOf(want: Wanted): string {
  return `${want.kind}\u0000${want.namespace}\u0000${want.package}`;
}

/** Everything of a package that the decision looks at, for a row about its source or about itself. */
function traitsOf(pkg: InventoryPackage, kind: Affected['packageKind']): string {
  const version = kind === 'source' ? [pkg.source.version] : [pkg.version, pkg.source.name, pkg.source.version];
  return [pkg.type, pkg.scheme, pkg.arch, pkg.module, ...version, ...pkg.cpes].join('\u0000');
}
