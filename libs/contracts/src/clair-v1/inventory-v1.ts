import {
  compareText,
  ecosystemOfNamespace,
  type InventoryPackage,
  invariant,
  type Package,
  packageKey,
} from '@clair/model';
import type { WireInventory } from '../inventory-wire.ts';
import { type DistributionV1, distributionV1 } from './distribution-v1.ts';
import { type PackageV1, packageV1 } from './package-v1.ts';
import { languageRepositoryV1, type RepositoryV1, repositoryV1 } from './repository-v1.ts';

/** Where a package is in an image. */
export interface EnvironmentV1 {
  readonly package_db: string;
  readonly introduced_in: string;
  readonly distribution_id: string;
  readonly repository_ids: readonly string[];
}

/** The part that Clair's index report and vulnerability report have in common. */
export interface InventoryV1 {
  readonly packages: Readonly<Record<string, PackageV1>>;
  readonly distributions: Readonly<Record<string, DistributionV1>>;
  /** Where packages may have come from: products of Red Hat, languages. Clair's name for the map is in the singular. */
  readonly repository: Readonly<Record<string, RepositoryV1>>;
  readonly environments: Readonly<Record<string, readonly EnvironmentV1[]>>;
}

/** An inventory in Clair's shape, and the ids that its packages and distributions have in it. */
export interface NumberedInventoryV1 {
  readonly inventory: InventoryV1;
  /** The id of each package, in the order in which they were given. */
  readonly packageIds: readonly string[];
  /** By namespace; a namespace that no distribution of the image has is not in it. */
  readonly distributionsByNamespace: ReadonlyMap<string, DistributionV1>;
}

/**
 * Ids are decimal numbers from 1, local to the report: first the packages in the order of type, namespace, name,
 * version and arch, then their source packages in the order of name and version. So they are the same for the same
 * packages, wherever and in whatever order they were found. Two packages of one source share its id.
 */
export function inventoryV1(given: Pick<WireInventory, 'packages' | 'distributions'>): NumberedInventoryV1 {
  const found = given.packages.map(installedPackage);
  const order = [...found.keys()].sort((a, b) => comparePackages(found[a], found[b]));
  const packageIds: string[] = [];
  for (const [rank, index] of order.entries()) packageIds[index] = String(rank + 1);
  const sourceIds = numberSources(found);
  const distributions = given.distributions.map((distribution, index) =>
    distributionV1(String(index + 1), distribution),
  );
  const distributionsByNamespace = new Map<string, DistributionV1>();
  for (const [index, { namespace }] of given.distributions.entries()) {
    const distribution = distributions[index];
    if (namespace === '' || distribution === undefined || distributionsByNamespace.has(namespace)) continue;
    distributionsByNamespace.set(namespace, distribution);
  }
  const repositories = repositoriesOf(found);
  const packages: Record<string, PackageV1> = {};
  const environments: Record<string, readonly EnvironmentV1[]> = {};
  for (const [index, pkg] of found.entries()) {
    const id = packageIds[index] ?? '';
    packages[id] = binaryV1(pkg, id, sourceIds.get(sourceKey(pkg)) ?? '');
    environments[id] = environmentsOf(pkg, {
      distributionId: distributionsByNamespace.get(pkg.namespace)?.id ?? '',
      repositoryIds: repositoryKeys(pkg).map((key) => repositories.get(key)?.id ?? ''),
    });
  }
  const repository = Object.fromEntries([...repositories.values()].map((one) => [one.id, one]));
  const byId = Object.fromEntries(distributions.map((distribution) => [distribution.id, distribution]));
  return {
    inventory: { packages, distributions: byId, repository, environments },
    packageIds,
    distributionsByNamespace,
  };
}

function installedPackage({ package: pkg, locations }: WireInventory['packages'][number]): InventoryPackage {
  invariant(pkg !== undefined, 'a report holds a package without its facts');
  return { ...pkg, source: pkg.source ?? { name: '', version: '' }, locations };
}

function binaryV1(pkg: Package, id: string, sourceId: string): PackageV1 {
  const { name, version } = pkg.source;
  const source = !hasSource(pkg) ? {} : { source: packageV1({ id: sourceId, name, version, kind: 'source' }) };
  return packageV1({
    id,
    name: pkg.name,
    version: pkg.version,
    kind: 'binary',
    module: pkg.module,
    arch: pkg.arch,
    ...source,
  });
}

function environmentsOf(
  pkg: InventoryPackage,
  { distributionId, repositoryIds }: { readonly distributionId: string; readonly repositoryIds: readonly string[] },
): EnvironmentV1[] {
  return pkg.locations.map(({ path, introducedIn }) => ({
    package_db: path,
    introduced_in: introducedIn,
    distribution_id: distributionId,
    repository_ids: repositoryIds,
  }));
}

/** What the repositories of a package are told apart by: its products, or its language. */
function repositoryKeys({ cpes, namespace }: Package): readonly string[] {
  return ecosystemOfNamespace(namespace) === undefined ? cpes : [namespace];
}

function repositoriesOf(packages: readonly Package[]): ReadonlyMap<string, RepositoryV1> {
  const keys = [...new Set(packages.flatMap(repositoryKeys))].sort(compareText);
  return new Map(
    keys.map((key, index) => {
      const id = String(index + 1);
      return [key, languageRepositoryV1(id, key) ?? repositoryV1(id, key)];
    }),
  );
}

/** Clair has none for packages of languages. */
function hasSource({ source, namespace }: Package): boolean {
  return source.name !== '' && ecosystemOfNamespace(namespace) === undefined;
}

function numberSources(packages: readonly Package[]): ReadonlyMap<string, string> {
  const keys = [...new Set(packages.filter(hasSource).map(sourceKey))].sort();
  return new Map(keys.map((key, index) => [key, String(packages.length + 1 + index)]));
}

function sourceKey({ source }: Package): string {
  return `${source.name}\u0000${source.version}`;
}

/** By the bytes of the identity, so that no locale has a say. */
function comparePackages(a: Package | undefined, b: Package | undefined): number {
  if (a === undefined || b === undefined) return 0;
  return compareText(packageKey(a), packageKey(b));
}
