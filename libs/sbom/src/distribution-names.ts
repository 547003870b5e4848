/**
 * The `ID` of os-release(5) for what tools call a distribution: in a package URL's namespace, before the version of its
 * qualifier `distro`, or as the name of an operating system. In lower case; who writes it is beside it.
 */
const IDS: ReadonlyMap<string, string> = new Map([
  // Trivy's families. @see https://github.com/aquasecurity/trivy/blob/main/pkg/fanal/types/const.go
  ['redhat', 'rhel'],
  ['alma', 'almalinux'],
  ['amazon', 'amzn'],
  ['oracle', 'ol'],
  ['cbl-mariner', 'mariner'],
  ['suse linux enterprise server', 'sles'],
  ['suse linux enterprise micro', 'sle-micro'],
  ['slem', 'sle-micro'],
  ['opensuse.leap', 'opensuse-leap'],
  ['opensuse.tumbleweed', 'opensuse-tumbleweed'],
  // Package URLs written by hand, by vendors (`pkg:rpm/oraclelinux`), or after an image's name (`amazonlinux`).
  ['amazonlinux', 'amzn'],
  ['oraclelinux', 'ol'],
  ['rockylinux', 'rocky'],
  ['red-hat', 'rhel'],
  ['azure-linux', 'azurelinux'],
  // `ID` of os-release(5) itself has capitals here.
  ['openeuler', 'openEuler'],
]);

/** A vendor with several distributions: a namespace that stands for each of them. */
const FAMILIES: ReadonlyMap<string, readonly string[]> = new Map([
  ['opensuse', ['opensuse-leap', 'opensuse-tumbleweed']],
  ['suse', ['sles', 'sles_sap', 'sled', 'sle_hpc', 'sle-micro', 'sl-micro', 'opensuse-leap', 'opensuse-tumbleweed']],
]);

/** The `ID` of os-release(5) for a tool's name of a distribution; the name itself, in lower case, when it is no other's. */
export function distributionIdOf(name: string): string {
  const lower = name.trim().toLowerCase();
  return IDS.get(lower) ?? lower;
}

/** Whether a package URL's namespace stands for the distribution of that `ID`. */
export function isNamespaceOf(namespace: string, did: string): boolean {
  return distributionIdOf(namespace) === did || (FAMILIES.get(namespace.toLowerCase())?.includes(did) ?? false);
}
