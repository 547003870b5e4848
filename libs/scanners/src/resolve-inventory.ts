import {
  compareText,
  type Distribution,
  ecosystemOfType,
  type FileProblem,
  type Inventory,
  type InventoryPackage,
  type OwnedFiles,
  type Package,
  type PackageLocation,
  packageKey,
} from '@clair/model';
import { packageNamespace } from './distributions/index.ts';
import { effectiveDistribution } from './effective-distribution.ts';
import { type InventoryLayer, type Overlay, type OverlayFile, overlaid, sinceKey } from './layer-overlay.ts';
import { mergedPath } from './owned-files.ts';
import { type PackageProducts, packageProducts } from './package-products.ts';
import { withoutPlans } from './planned-packages.ts';
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
  let visible: Overlay = new Map();
  for (const layer of layers) visible = overlaid(visible, layer, scanners);
  const overlay = withoutPlans(visible, scanners);
  const distribution = effectiveDistribution(overlay);
  const products = packageProducts(layers, distribution, repositories);
  const ownerOf = fileOwners(overlay);
  const packages = inventoryPackages({ overlay, ownerOf }, distribution, products);
  const isOfProducts = packages.some(({ cpes }) => cpes.length > 0);
  // What belongs to a distribution's package is known by that.
  const isOwned = ({ kind, path }: FileProblem) => kind === 'unidentified' && ownerOf(path) !== '';
  const problems = [...overlay].flatMap(([path, file]) =>
    file.problems.filter((problem) => !isOwned({ ...problem, path })),
  );
  return {
    packages,
    distributions: distribution === undefined ? [] : [distribution],
    problems: [...problems, ...(isOfProducts ? products.problems : [])].sort(compareProblems),
  };
}

interface OwnedOverlay {
  readonly overlay: Overlay;
  readonly ownerOf: (path: string) => string;
}

function inventoryPackages(
  { overlay, ownerOf }: OwnedOverlay,
  distribution: Distribution | undefined,
  products: PackageProducts,
): readonly InventoryPackage[] {
  const found = new Map<string, { readonly pkg: Package; readonly locations: Map<string, PackageLocation> }>();
  for (const [file, held] of overlay) {
    for (const { member, ...scanned } of held.findings.flatMap(({ packages }) => packages)) {
      const introducedIn = held.since.get(sinceKey(scanned)) ?? held.layer;
      const ecosystem = ecosystemOfType(scanned.type);
      const pkg: Package = {
        ...scanned,
        namespace: ecosystem?.namespace ?? packageNamespace(scanned, distribution),
        cpes: products.cpesOf(scanned, introducedIn),
        owner: ecosystem === undefined ? '' : ownerOf(file),
      };
      const path = member === undefined ? file : `${file}:${member}`;
      const key = packageKey(pkg);
      const known = found.get(key) ?? { pkg, locations: new Map() };
      known.locations.set(path, { path, introducedIn, layer: held.layer });
      found.set(key, known);
    }
  }
  return [...found.values()]
    .map(({ pkg, locations }) => ({ ...pkg, locations: [...locations.values()].sort(compareLocations) }))
    .sort(comparePackages);
}

/** The distribution's package that a file belongs to; empty when it belongs to none. */
function fileOwners(overlay: Overlay): (path: string) => string {
  const owners = new Map<string, string>();
  for (const { owner, paths } of [...overlay.values()].flatMap(ownedFiles)) {
    for (const path of paths) owners.set(mergedPath(path), owner);
  }
  return (path) => owners.get(mergedPath(path)) ?? '';
}

function ownedFiles({ findings }: OverlayFile): readonly OwnedFiles[] {
  return findings.flatMap(({ owned }) => owned ?? []);
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
