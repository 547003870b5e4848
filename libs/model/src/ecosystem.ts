import type { SchemeId } from './package.ts';

/** A language's packages: what they are called, how their versions are ordered, and the world they live in. */
export interface Ecosystem {
  /** The namespace of its packages: OSV's name of the ecosystem. @see https://ossf.github.io/osv-schema/#defined-ecosystems */
  readonly namespace: string;
  /** The package URL type. @see https://github.com/package-url/purl-spec */
  readonly type: string;
  readonly scheme: SchemeId;
  /**
   * The name under which advisories and packages meet: two spellings that the ecosystem takes for one package have one. The
   * name of a package itself stays as it is spelled.
   */
  lookupName(name: string): string;
}

const asSpelled = (name: string): string => name;
const lowerCase = (name: string): string => name.toLowerCase();

/** PEP 503. @see https://packaging.python.org/en/latest/specifications/name-normalization/ */
export function normalizePythonName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** Every ecosystem that is read and matched: one line here. */
export const ECOSYSTEMS: readonly Ecosystem[] = [
  { namespace: 'conda', type: 'conda', scheme: 'conda', lookupName: lowerCase },
  { namespace: 'crates.io', type: 'cargo', scheme: 'semver', lookupName: asSpelled },
  { namespace: 'Go', type: 'golang', scheme: 'go', lookupName: asSpelled },
  { namespace: 'Maven', type: 'maven', scheme: 'maven', lookupName: asSpelled },
  { namespace: 'npm', type: 'npm', scheme: 'semver', lookupName: asSpelled },
  { namespace: 'NuGet', type: 'nuget', scheme: 'nuget', lookupName: lowerCase },
  { namespace: 'Packagist', type: 'composer', scheme: 'composer', lookupName: lowerCase },
  { namespace: 'PyPI', type: 'pypi', scheme: 'pep440', lookupName: normalizePythonName },
  { namespace: 'RubyGems', type: 'gem', scheme: 'gem', lookupName: asSpelled },
];

const BY_TYPE: ReadonlyMap<string, Ecosystem> = new Map(ECOSYSTEMS.map((one) => [one.type, one]));
const BY_NAMESPACE: ReadonlyMap<string, Ecosystem> = new Map(ECOSYSTEMS.map((one) => [one.namespace, one]));

/** The ecosystem whose packages have that package URL type; `undefined` for those of distributions, and unknown ones. */
export function ecosystemOfType(type: string): Ecosystem | undefined {
  return BY_TYPE.get(type);
}

/** The ecosystem of that namespace; `undefined` for namespaces of distributions, and unknown ones. */
export function ecosystemOfNamespace(namespace: string): Ecosystem | undefined {
  return BY_NAMESPACE.get(namespace);
}
