/** An advisory, and the world of the package that it is asked about. */
interface Source {
  readonly namespace: string;
  readonly name: string;
}

/**
 * The ids of databases that an ecosystem keeps of itself. `isReviewed`: people who know the package state the ranges, so that
 * "not this version" from there is an answer. PyPA's records were made in bulk from NVD's product lists, so theirs is none.
 * @see https://go.dev/doc/security/vuln/database
 * @see https://github.com/RustSec/advisory-db/blob/main/CONTRIBUTING.md
 * @see https://github.com/pypa/advisory-database#readme
 */
const OWN_DATABASES: Readonly<Record<string, { readonly prefix: string; readonly isReviewed: boolean }>> = {
  'crates.io': { prefix: 'RUSTSEC-', isReviewed: true },
  Go: { prefix: 'GO-', isReviewed: true },
  PyPI: { prefix: 'PYSEC-', isReviewed: false },
};

/** Whether any source {@link overrules} others about the packages of that namespace. */
export function isOverruled(namespace: string): boolean {
  return OWN_DATABASES[namespace]?.isReviewed === true;
}

/** GitHub's advisories are reviewed, for all ecosystems alike. */
const REVIEWED = 'GHSA-';

/** How near a source is to the package: 0 the reviewed database of the ecosystem itself, 1 GitHub's, 2 another. Lower has the say. */
export function sourceRank({ namespace, name }: Source): number {
  if (overrules({ namespace, name })) return 0;
  return name.startsWith(REVIEWED) ? 1 : 2;
}

/** Whether the silence of the source on a version, in an advisory about the package, outweighs what others say. */
export function overrules({ namespace, name }: Source): boolean {
  const own = OWN_DATABASES[namespace];
  return own?.isReviewed === true && name.startsWith(own.prefix);
}
