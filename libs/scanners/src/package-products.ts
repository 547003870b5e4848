import { compareText, type Distribution, type FileProblem, type ScannedPackage } from '@clair/model';
import type { InventoryLayer } from './layer-overlay.ts';
import { quoted } from './plain-text.ts';
import type { RepositoryMapping } from './repository-mapping.ts';

/** Of which products the packages of an image may be. */
export interface PackageProducts {
  /** CPEs, sorted; empty for packages of vendors whose advisories name no products. `introducedIn`: digest of the layer that brought it. */
  cpesOf(pkg: ScannedPackage, introducedIn: string): readonly string[];
  /** What had to be assumed. */
  readonly problems: readonly FileProblem[];
}

/** How the problem of a mapping that was not there begins. Once it is there, the inventory is to be resolved again. */
export const MAPPING_UNAVAILABLE = 'the mapping of repositories to products could not be had';

const NO_PRODUCTS: PackageProducts = { cpesOf: () => [], problems: [] };
const NAMED_MAX = 5;

/** Whether the answer of {@link packageProducts} for these layers depends on the mapping. */
export function needsRepositoryMapping(layers: readonly InventoryLayer[]): boolean {
  return layers.some(({ report }) =>
    report.files.some(({ repositories: facts }) => facts && facts.contentSets.length + facts.origins.length > 0),
  );
}

/**
 * Of Red Hat's packages: the products of the repository that the package manager's history names; else of the content sets and
 * labels of its layer; else the standard repositories of the release. A layer that says nothing is like the nearest below
 * that does, or else the nearest above.
 */
export function packageProducts(
  layers: readonly InventoryLayer[],
  distribution: Distribution | undefined,
  mapping: RepositoryMapping | undefined,
): PackageProducts {
  const release = /^rhel:(\d+)$/.exec(distribution?.namespace ?? '')?.[1];
  if (distribution === undefined || release === undefined) return NO_PRODUCTS;
  const standard = standardProducts(release, distribution.cpe);
  const stated = layers.map((layer) => statementOf(layer, mapping));
  const cpesOfLayer = new Map<string, readonly string[]>();
  for (const [index, { digest }] of layers.entries()) {
    if (cpesOfLayer.has(digest)) continue;
    const products = nearest(stated, index, ({ products: known }) => known.length > 0)?.products ?? standard;
    const labels = nearest(stated, index, ({ labels: known }) => known.length > 0)?.labels ?? [];
    cpesOfLayer.set(digest, sorted([...products, ...labels]));
  }
  const origins = originsOf(layers);
  return {
    cpesOf(pkg, introducedIn) {
      if (pkg.type !== 'rpm') return [];
      const repoid = origins.get(originKey(pkg));
      const own = repoid === undefined ? undefined : mapping?.cpesOf(repoid);
      if (own !== undefined && own.length > 0) return sorted(own);
      return cpesOfLayer.get(introducedIn) ?? standard;
    },
    problems: assumptions({ layers, stated, distribution, mapping, release }),
  };
}

/** What the files of one layer say of its packages. */
interface LayerStatement {
  readonly contentSets: readonly string[];
  /** Of the content sets that the mapping knows. */
  readonly products: readonly string[];
  readonly labels: readonly string[];
}

function statementOf({ report }: InventoryLayer, mapping: RepositoryMapping | undefined): LayerStatement {
  const facts = report.files.flatMap(({ repositories }) => repositories ?? []);
  const contentSets = facts.flatMap((fact) => fact.contentSets);
  return {
    contentSets,
    products: contentSets.flatMap((set) => mapping?.cpesOf(set) ?? []),
    labels: facts.flatMap(({ cpes }) => cpes),
  };
}

function nearest<T>(all: readonly T[], index: number, test: (one: T) => boolean): T | undefined {
  return all.slice(0, index + 1).findLast(test) ?? all.slice(index + 1).find(test);
}

function sorted(cpes: readonly string[]): readonly string[] {
  return [...new Set(cpes)].sort(compareText);
}

/**
 * What an image is built of when it does not say otherwise: the repositories that need no subscription of their own. The CPE of
 * os-release names the release as a product of its own (`8.4:GA`) in older ones, and a variant in newer ones.
 */
function standardProducts(release: string, ownCpe: string): readonly string[] {
  const variants =
    Number(release) < 8
      ? ['client', 'computenode', 'server', 'workstation'].map(
          (name) => `cpe:/o:redhat:enterprise_linux:${release}::${name}`,
        )
      : [
          `cpe:/a:redhat:enterprise_linux:${release}::appstream`,
          `cpe:/a:redhat:enterprise_linux:${release}::crb`,
          `cpe:/o:redhat:enterprise_linux:${release}::baseos`,
        ];
  const own = ownCpe.startsWith('cpe:/o:redhat:') ? [ownCpe] : [];
  return sorted([`cpe:/o:redhat:enterprise_linux:${release}`, ...variants, ...own]);
}

/** The repository of each package; a layer above has the newer history. */
function originsOf(layers: readonly InventoryLayer[]): ReadonlyMap<string, string> {
  const origins = new Map<string, string>();
  for (const { report } of layers) {
    for (const { repositories } of report.files) {
      for (const origin of repositories?.origins ?? []) origins.set(originKey(origin), origin.repoid);
    }
  }
  return origins;
}

function originKey(pkg: { readonly name: string; readonly version: string; readonly arch: string }): string {
  return [pkg.name, pkg.version.replace(/^0:/, ''), pkg.arch].join('\u0000');
}

interface Assumed {
  readonly layers: readonly InventoryLayer[];
  readonly stated: readonly LayerStatement[];
  readonly distribution: Distribution;
  readonly mapping: RepositoryMapping | undefined;
  readonly release: string;
}

/** CentOS is built of the standard repositories and of no others, so for it there is nothing to assume. */
function assumptions({ layers, stated, distribution, mapping, release }: Assumed): readonly FileProblem[] {
  const assumed = `the standard repositories of Red Hat Enterprise Linux ${release} are assumed`;
  const contentSets = stated.flatMap((statement) => statement.contentSets);
  if (mapping === undefined) {
    return needsRepositoryMapping(layers) ? [incomplete(`${MAPPING_UNAVAILABLE}: ${assumed}`)] : unstated();
  }
  const unknown = sorted(contentSets.filter((set) => (mapping.cpesOf(set) ?? []).length === 0));
  const isAssumed = stated.every(({ products }) => products.length === 0);
  if (unknown.length === 0) return isAssumed ? unstated() : [];
  const named = unknown.slice(0, NAMED_MAX).map(quoted).join(', ');
  const reason = `${unknown.length} repositories are of no known product (${named})`;
  return [incomplete(isAssumed ? `${reason}: ${assumed}` : reason)];

  function unstated(): readonly FileProblem[] {
    const isRedHat = distribution.did === 'rhel' || distribution.did === 'rhcos';
    return isRedHat ? [incomplete(`the image does not say which repositories it is built of: ${assumed}`)] : [];
  }
}

function incomplete(reason: string): FileProblem {
  return { scanner: 'rhel-content-manifests', path: 'root/buildinfo/content_manifests', kind: 'incomplete', reason };
}
