import { endsOfLife } from './end-of-life.ts';
import type { DistributionIdentity, KnownDistribution } from './known-distribution.ts';
import { majorMinorOf, namespaceIn } from './release-number.ts';

/** What Azure Linux was called up to 2.0. @see https://learn.microsoft.com/azure/azure-linux/ */
export const mariner: KnownDistribution = {
  did: 'mariner',
  title: 'CBL-Mariner',
  packageType: 'rpm',
  scheme: 'rpm',
  namespace: ({ versionId }: DistributionIdentity) => namespaceIn('mariner', majorMinorOf(versionId)),
  advisories: 'read',
  endOfLife: endsOfLife('mariner:', { '1.0': '2023-08-31', '2.0': '2025-07-31' }),
};
