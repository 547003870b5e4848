import { endsOfLife } from './end-of-life.ts';
import type { DistributionIdentity, KnownDistribution } from './known-distribution.ts';
import { majorMinorOf, namespaceIn } from './release-number.ts';

/** openSUSE before Leap, up to 13.2. @see https://en.opensuse.org/Lifetime */
export const opensuse: KnownDistribution = {
  did: 'opensuse',
  title: 'openSUSE',
  packageType: 'rpm',
  scheme: 'rpm',
  namespace: ({ versionId }: DistributionIdentity) => namespaceIn('opensuse', majorMinorOf(versionId)),
  advisories: 'unread',
  endOfLife: endsOfLife('opensuse:', {
    '12.1': '2013-05-15',
    '12.2': '2014-01-15',
    '12.3': '2015-01-29',
    '13.1': '2016-02-03',
    '13.2': '2017-01-17',
  }),
};
