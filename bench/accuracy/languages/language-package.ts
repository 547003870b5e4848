import { ecosystemOfNamespace, type Package } from '@clair/model';

/** A package of a language as a scan of ours would have it. Throws for an ecosystem that nobody here knows. */
export function languagePackage(namespace: string, name: string, version: string): Package {
  const ecosystem = ecosystemOfNamespace(namespace);
  if (ecosystem === undefined) throw new Error(`there is no ecosystem ${namespace}`);
  const { type, scheme } = ecosystem;
  const source = { name, version };
  return { name, version, type, scheme, namespace, arch: '', module: '', source, cpes: [], owner: '' };
}

/** Other scanners' words for the packages of ecosystems. */
const NAMESPACES: Readonly<Record<string, string>> = {
  gobinary: 'Go',
  jar: 'Maven',
  'node-pkg': 'npm',
  'python-pkg': 'PyPI',
  'java-archive': 'Maven',
  npm: 'npm',
  python: 'PyPI',
};

/** The namespace of what Trivy or Grype call so; empty for distributions and others. */
export function namespaceOfType(type: string): string {
  return NAMESPACES[type] ?? '';
}
