import type { DistributionIdentity, KnownDistribution } from './known-distribution.ts';
import { majorMinorOf, namespaceIn } from './release-number.ts';

/** @see https://learn.microsoft.com/azure/azure-linux/ */
export const azurelinux: KnownDistribution = {
  did: 'azurelinux',
  title: 'Azure Linux',
  packageType: 'rpm',
  scheme: 'rpm',
  namespace: ({ versionId }: DistributionIdentity) => namespaceIn('azurelinux', majorMinorOf(versionId)),
  advisories: 'read',
  endOfLife: [],
};
