import type { DistributionIdentity, KnownDistribution } from './known-distribution.ts';
import { majorOf, namespaceIn } from './release-number.ts';

/**
 * AlmaLinux Kitten is made from CentOS Stream, under the `ID` of AlmaLinux; only `NAME` tells. The advisories of
 * AlmaLinux are not about its packages. @see https://wiki.almalinux.org/
 */
export const almalinuxKitten: KnownDistribution = {
  did: 'almalinux-kitten',
  claims: ({ did, name }) => did === 'almalinux-kitten' || (did === 'almalinux' && name === 'AlmaLinux Kitten'),
  title: 'AlmaLinux Kitten',
  packageType: 'rpm',
  scheme: 'rpm',
  namespace: ({ versionId }: DistributionIdentity) => namespaceIn('almalinux-kitten', majorOf(versionId)),
  advisories: 'unread',
  endOfLife: [],
};
