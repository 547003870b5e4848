import { endsOfLife } from './end-of-life.ts';
import type { DistributionIdentity, KnownDistribution } from './known-distribution.ts';
import { majorMinorOf, namespaceIn } from './release-number.ts';

/** openSUSE Leap; 42.1 to 42.3 said `ID=opensuse`. @see https://en.opensuse.org/Lifetime */
export const opensuseLeap: KnownDistribution = {
  did: 'opensuse-leap',
  claims: ({ did, versionId }) => did === 'opensuse-leap' || (did === 'opensuse' && versionId.startsWith('42.')),
  title: 'openSUSE Leap',
  packageType: 'rpm',
  scheme: 'rpm',
  namespace: ({ versionId }: DistributionIdentity) => namespaceIn('opensuse-leap', majorMinorOf(versionId)),
  advisories: 'read',
  endOfLife: endsOfLife('opensuse-leap:', {
    '42.1': '2017-05-17',
    '42.2': '2018-01-26',
    '42.3': '2019-07-01',
    '15.0': '2019-12-03',
    '15.1': '2021-02-02',
    '15.2': '2022-01-04',
    '15.3': '2022-12-31',
    '15.4': '2023-12-07',
    '15.5': '2024-12-31',
    '15.6': '2026-04-30',
    '16.0': '2027-10-31',
  }),
};
