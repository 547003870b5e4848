import { endsOfLife } from './end-of-life.ts';
import type { DistributionIdentity, KnownDistribution } from './known-distribution.ts';
import { majorMinorOf, namespaceIn } from './release-number.ts';

/** @see https://blogs.vmware.com/vsphere/2022/01/photon-1-x-end-of-support-announcement.html */
export const photon: KnownDistribution = {
  did: 'photon',
  title: 'Photon OS',
  packageType: 'rpm',
  scheme: 'rpm',
  namespace: ({ versionId }: DistributionIdentity) => namespaceIn('photon', majorMinorOf(versionId)),
  advisories: 'read',
  endOfLife: endsOfLife('photon:', {
    '1.0': '2022-02-28',
    '2.0': '2022-12-31',
    '3.0': '2025-10-02',
    '4.0': '2027-10-11',
  }),
};
