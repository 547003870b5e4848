import { endsOfLife } from './end-of-life.ts';
import type { DistributionIdentity, KnownDistribution } from './known-distribution.ts';
import { majorOf, namespaceIn } from './release-number.ts';

/** @see https://wiki.almalinux.org/release-notes/ */
export const almalinux: KnownDistribution = {
  did: 'almalinux',
  title: 'AlmaLinux',
  packageType: 'rpm',
  scheme: 'rpm',
  namespace: ({ versionId }: DistributionIdentity) => namespaceIn('almalinux', majorOf(versionId)),
  advisories: 'read',
  endOfLife: endsOfLife('almalinux:', { '8': '2029-03-01', '9': '2032-05-31', '10': '2035-05-31' }),
};
