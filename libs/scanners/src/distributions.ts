import type { Distribution } from '@clair/model';

/** What tells the namespace of a distribution: fields of os-release(5), never its pretty name. */
export type DistributionIdentity = Pick<Distribution, 'did' | 'versionId' | 'versionCodeName'>;

/** A distribution whose packages have a namespace that a feed may know. */
export interface KnownDistribution {
  /** `ID` of os-release(5). */
  readonly did: string;
  /** The package URL type of its own packages; packages of another type do not live in its namespace. */
  readonly packageType: string;
  /** Empty when the identity does not say which release it is. */
  readonly namespace: (identity: DistributionIdentity) => string;
}

/** The registry: one line a distribution. */
export const DISTRIBUTIONS: readonly KnownDistribution[] = [
  { did: 'alpine', packageType: 'apk', namespace: alpineNamespace },
  { did: 'debian', packageType: 'deb', namespace: debianNamespace },
];

/**
 * The release numbers of Debian's code names, those of coming releases included.
 * @see https://www.debian.org/releases/
 */
const DEBIAN_RELEASES: ReadonlyMap<string, number> = new Map([
  ['etch', 4],
  ['lenny', 5],
  ['squeeze', 6],
  ['wheezy', 7],
  ['jessie', 8],
  ['stretch', 9],
  ['buster', 10],
  ['bullseye', 11],
  ['bookworm', 12],
  ['trixie', 13],
  ['forky', 14],
  ['duke', 15],
]);

/** The namespace that the distribution's own packages live in; empty when it is not in {@link DISTRIBUTIONS}. */
export function namespaceOf(identity: DistributionIdentity): string {
  return DISTRIBUTIONS.find((known) => known.did === identity.did)?.namespace(identity) ?? '';
}

/** The namespace of a package of that type in an image of that distribution; empty when the type is foreign to it. */
export function packageNamespace(packageType: string, distribution: Distribution | undefined): string {
  if (distribution === undefined) return '';
  const known = DISTRIBUTIONS.find((one) => one.did === distribution.did);
  return known?.packageType === packageType ? distribution.namespace : '';
}

/** Whether the word is a code name of a Debian release in the table. */
export function isDebianCodeName(word: string): boolean {
  return DEBIAN_RELEASES.has(word);
}

/** `3.20` and `3.20.1` are the branch v3.20; anything with a suffix (`3.21_alpha20240923`) is built from edge. */
function alpineNamespace({ versionId }: DistributionIdentity): string {
  if (versionId === 'edge' || /^\d+(\.\d+)*_/.test(versionId)) return 'alpine:edge';
  const branch = /^(\d+\.\d+)(\.\d+)*$/.exec(versionId)?.[1];
  return branch === undefined ? '' : `alpine:v${branch}`;
}

/** Testing and unstable have no `VERSION_ID`; they name the release they will become, or one that nobody has numbered. */
function debianNamespace({ versionId, versionCodeName }: DistributionIdentity): string {
  const major = /^(\d+)(\.\d+)*$/.exec(versionId)?.[1];
  if (major !== undefined) return `debian:${Number(major)}`;
  if (versionId !== '' || versionCodeName === '') return '';
  const release = DEBIAN_RELEASES.get(versionCodeName);
  return release === undefined ? 'debian:sid' : `debian:${release}`;
}
