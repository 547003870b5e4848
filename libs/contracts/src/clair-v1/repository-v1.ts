import { ECOSYSTEMS, type Ecosystem, ecosystemOfNamespace } from '@clair/model';

/**
 * A repository as Clair's JSON has it: for Red Hat's packages a product by its CPE, for those of a language where they come from.
 * Clair leaves empty fields out.
 */
export interface RepositoryV1 {
  readonly id: string;
  readonly name?: string;
  readonly key?: string;
  readonly uri?: string;
  readonly cpe: string;
}

/** The key that Clair's clients know for a repository that is a product of Red Hat. */
const CPE_REPOSITORY = 'rhel-cpe-repository';

/** What Clair calls the repositories of languages, by our namespaces. Those that Clair does not read have the name of their package URLs' type. */
const CLAIR_REPOSITORIES: Readonly<Record<string, { readonly name: string; readonly uri: string }>> = {
  Go: { name: 'go', uri: 'https://pkg.go.dev/' },
  Maven: { name: 'maven', uri: 'https://repo1.maven.apache.org/maven2' },
  npm: { name: 'npm', uri: 'https://www.npmjs.com/' },
  PyPI: { name: 'pypi', uri: 'https://pypi.org/simple' },
  RubyGems: { name: 'rubygems', uri: 'https://rubygems.org/gems/' },
};

/** The repository of that CPE; with an empty one, the repository that is none. */
export function repositoryV1(id: string, cpe: string): RepositoryV1 {
  return cpe === '' ? { id, cpe } : { id, name: cpe, key: CPE_REPOSITORY, cpe };
}

/** The repository that packages of a language's namespace come from; `undefined` for a namespace of a distribution. */
export function languageRepositoryV1(id: string, namespace: string): RepositoryV1 | undefined {
  const ecosystem = ecosystemOfNamespace(namespace);
  if (ecosystem === undefined) return undefined;
  return { id, ...(CLAIR_REPOSITORIES[namespace] ?? { name: ecosystem.type }), cpe: '' };
}

/** Which language's repository has that name; the opposite of {@link languageRepositoryV1}. */
export function ecosystemOfRepositoryV1(name: string): Ecosystem | undefined {
  return ECOSYSTEMS.find(({ namespace, type }) => (CLAIR_REPOSITORIES[namespace]?.name ?? type) === name);
}
