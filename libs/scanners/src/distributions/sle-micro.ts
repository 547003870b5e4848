import type { DistributionIdentity, KnownDistribution } from './known-distribution.ts';
import { majorMinorOf, namespaceIn } from './release-number.ts';

/** SUSE Linux Enterprise Micro 5. @see https://documentation.suse.com/sle-micro/ */
export const sleMicro: KnownDistribution = {
  did: 'sle-micro',
  title: 'SUSE Linux Enterprise Micro',
  packageType: 'rpm',
  scheme: 'rpm',
  namespace: ({ versionId }: DistributionIdentity) => namespaceIn('sle-micro', majorMinorOf(versionId)),
  advisories: 'read',
  endOfLife: [],
};

/** Its successor from 6.0 on, under another `ID`. */
export const slMicro: KnownDistribution = {
  ...sleMicro,
  did: 'sl-micro',
  title: 'SUSE Linux Micro',
  namespace: ({ versionId }: DistributionIdentity) => namespaceIn('sl-micro', majorMinorOf(versionId)),
};
