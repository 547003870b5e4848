import { err, ok, type Result } from '@clair/model';
import { isJsonObject, parseJsonObject } from './json-document.ts';

/** Which products the packages of a repository are of. */
export interface RepositoryMapping {
  /** CPEs by the id of a repository or content set; `undefined` when the mapping does not know it. */
  cpesOf(repository: string): readonly string[] | undefined;
}

/** Reads `repository-to-cpe.json`. @see https://security.access.redhat.com/data/metrics/repository-to-cpe.json */
export function parseRepositoryMapping(text: string): Result<RepositoryMapping, string> {
  const document = parseJsonObject(text);
  if (!document.ok) return err(document.error.reason);
  const { data } = document.value;
  if (!isJsonObject(data)) return err('data is no object');
  const cpes = new Map<string, readonly string[]>();
  // CPEs repeat by the thousand: one copy of each.
  const unique = new Map<string, string>();
  for (const [repository, entry] of Object.entries(data)) {
    if (!isJsonObject(entry) || !Array.isArray(entry.cpes)) return err(`the entry ${repository} has no list of CPEs`);
    const texts = entry.cpes.filter((cpe) => typeof cpe === 'string');
    for (const cpe of texts) if (!unique.has(cpe)) unique.set(cpe, cpe);
    cpes.set(
      repository,
      texts.map((cpe) => unique.get(cpe) ?? cpe),
    );
  }
  return cpes.size === 0 ? err('no repository is in it') : ok({ cpesOf: (repository) => cpes.get(repository) });
}
