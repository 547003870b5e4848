/** A repository as Clair's JSON has it: for Red Hat's packages, a product by its CPE. Clair leaves empty fields out. */
export interface RepositoryV1 {
  readonly id: string;
  readonly name?: string;
  readonly key?: string;
  readonly cpe: string;
}

/** The key that Clair's clients know for a repository that is a product of Red Hat. */
const CPE_REPOSITORY = 'rhel-cpe-repository';

/** The repository of that CPE; with an empty one, the repository that is none. */
export function repositoryV1(id: string, cpe: string): RepositoryV1 {
  return cpe === '' ? { id, cpe } : { id, name: cpe, key: CPE_REPOSITORY, cpe };
}
