import {
  compareText,
  type Distribution,
  type FileProblem,
  type Inventory,
  type InventoryPackage,
  type Package,
  type PackageLocation,
  packageKey,
} from '@clair/model';
import { packageNamespace } from './distributions/index.ts';
import { effectiveDistribution } from './effective-distribution.ts';
import { type InventoryLayer, type Overlay, overlaid, sinceKey } from './layer-overlay.ts';
import { type PackageProducts, packageProducts } from './package-products.ts';
import { SCANNERS } from './registry.ts';
import type { RepositoryMapping } from './repository-mapping.ts';
import type { Scanner } from './scanner.ts';

/**
 * The inventory of an image from the reports of its layers, the lowest first. Only what is visible through the overlay
 * counts: packages, distribution and problems of files that an upper layer removed or replaced are not in it. A digest
 * may come twice. The answer does not depend on anything but the arguments, and is the same to the byte. `scanners` are
 * those that made the reports. `repositories` says which products packages are of, for vendors whose advisories are about
 * products; without it, images that need it get the standard ones, and a problem that says so.
 */
export function resolveInventory(
  layers: readonly InventoryLayer[],
  scanners: readonly Scanner[] = SCANNERS,
  repositories?: RepositoryMapping,
): Inventory {
  let overlay: Overlay = new Map();
  for (const layer of layers) overlay = overlaid(overlay, layer, scanners);
  const distribution = effectiveDistribution(overlay);
  const products = packageProducts(layers, distribution, repositories);
  const packages = inventoryPackages(overlay, distribution, products);
  const isOfProducts = packages.some(({ cpes }) => cpes.length > 0);
  const problems = [...overlay.values()].flatMap((file) => file.problems);
  return {
    packages,
    distributions: distribution === undefined ? [] : [distribution],
    problems: [...problems, ...(isOfProducts ? products.problems : [])].sort(compareProblems),
  };
}

function inventoryPackages(
  overlay: Overlay,
  distribution: Distribution | undefined,
  products: PackageProducts,
): readonly InventoryPackage[] {
  const found = new Map<string, { readonly pkg: Package; readonly locations: Map<string, PackageLocation> }>();
  for (const [path, file] of overlay) {
    for (const scanned of file.findings.flatMap(({ packages }) => packages)) {
      const introducedIn = file.since.get(sinceKey(scanned)) ?? file.layer;
      const cpes = products.cpesOf(scanned, introducedIn);
      const pkg = { ...scanned, namespace: packageNamespace(scanned.type, distribution), cpes };
      const key = packageKey(pkg);
      const known = found.get(key) ?? { pkg, locations: new Map() };
      known.locations.set(path, { path, introducedIn, layer: file.layer });
      found.set(key, known);
    }
  }
  return [...found.values()]
    .map(({ pkg, locations }) => ({ ...pkg, locations: [...locations.values()].sort(compareLocations) }))
    .sort(comparePackages);
}

/** The order of an inventory's packages. */
export function comparePackages(a: Package, b: Package): number {
  return (
    compareText(a.type, b.type) ||
    compareText(a.namespace, b.namespace) ||
    compareText(a.name, b.name) ||
    compareText(a.version, b.version) ||
    compareText(a.arch, b.arch) ||
    compareText(packageKey(a), packageKey(b))
  );
}

function compareLocations(a: PackageLocation, b: PackageLocation): number {
  return compareText(a.path, b.path);
}

function compareProblems(a: FileProblem, b: FileProblem): number {
  return (
    compareText(a.path, b.path) ||
    compareText(a.scanner, b.scanner) ||
    compareText(a.kind, b.kind) ||
    compareText(a.reason, b.reason)
  );
}
