import type { Distribution } from './distribution.ts';
import type { FileProblem } from './layer-report.ts';
import type { Package, PackageLocation } from './package.ts';

export interface InventoryPackage extends Package {
  readonly locations: readonly PackageLocation[];
}

/** The packages of a manifest with where they came from. */
export interface Inventory {
  /** Sorted by type, namespace, name, version, arch; each package once. */
  readonly packages: readonly InventoryPackage[];
  /** The distribution that applies to the image; more than one only when layers disagree. */
  readonly distributions: readonly Distribution[];
  readonly problems: readonly FileProblem[];
}
