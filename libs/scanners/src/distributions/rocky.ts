import { endsOfLife } from './end-of-life.ts';
import type { DistributionIdentity, KnownDistribution } from './known-distribution.ts';
import { majorOf, namespaceIn } from './release-number.ts';

/** @see https://wiki.rockylinux.org/rocky/version/ */
export const rocky: KnownDistribution = {
  did: 'rocky',
  title: 'Rocky Linux',
  packageType: 'rpm',
  scheme: 'rpm',
  namespace: ({ versionId }: DistributionIdentity) => namespaceIn('rocky', majorOf(versionId)),
  advisories: 'read',
  endOfLife: endsOfLife('rocky:', { '8': '2029-05-31', '9': '2032-05-31', '10': '2035-05-31' }),
};
