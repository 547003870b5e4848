import type { Distribution, Package } from '@clair/model';
import type { EndOfLife } from './end-of-life.ts';
import type { DistributionIdentity, KnownDistribution } from './known-distribution.ts';
import { DISTRIBUTIONS } from './registry.ts';

/** The distribution of that `ID`, or of a package URL's qualifier `distro=ID-VERSION`; `undefined` for one that nobody here knows. */
export function distributionById(did: string): KnownDistribution | undefined {
  return distributionOf({ did, versionId: '', versionCodeName: '' });
}

/** The distribution that the identity is; `undefined` for one that nobody here knows. */
export function distributionOf(identity: DistributionIdentity): KnownDistribution | undefined {
  return DISTRIBUTIONS.find(({ did, claims }) => claims?.(identity) ?? did === identity.did);
}

/** The distribution whose own packages live in the namespace (Red Hat's for `rhel:8`, not CentOS). */
export function distributionOfNamespace(namespace: string): KnownDistribution | undefined {
  const [did = ''] = namespace.split(':', 1);
  return DISTRIBUTIONS.find((known) => known.did === did);
}

/** The namespace that the distribution's own packages live in; empty when it, or its release, is not known. */
export function namespaceOf(identity: DistributionIdentity): string {
  return distributionOf(identity)?.namespace(identity) ?? '';
}

/** The namespace of a package in an image of that distribution; empty when its type is foreign to it, or the release is not known. */
export function packageNamespace(
  pkg: Pick<Package, 'type' | 'source'>,
  distribution: Distribution | undefined,
): string {
  const known = distribution && distributionOf(distribution);
  if (distribution === undefined || known?.packageType !== pkg.type || distribution.namespace === '') return '';
  const stream = known.streamOf?.(pkg) ?? '';
  return stream === '' ? distribution.namespace : `${distribution.namespace}/${stream}`;
}

/** What people call the release: `Debian 9` of `debian:9`, `CentOS Linux 7` of CentOS's `rhel:7`, `Wolfi` of `wolfi`. */
export function releaseTitle(known: KnownDistribution, namespace: string): string {
  const release = namespace.split(':')[1] ?? '';
  return `${known.title} ${release.replace(/^v(?=\d)/, '')}`.trim();
}

/** When the release of that namespace ends; `undefined` when it does not, or nobody here knows when. */
export function endOfLifeOf(known: KnownDistribution, namespace: string): EndOfLife | undefined {
  return known.endOfLife.find(({ release }) => release === namespace);
}
