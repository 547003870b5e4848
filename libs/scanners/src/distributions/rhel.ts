import { endsOfLife } from './end-of-life.ts';
import type { DistributionIdentity, KnownDistribution } from './known-distribution.ts';
import { majorOf, namespaceIn } from './release-number.ts';

/**
 * Atomic Host and image-mode RHEL say `ID=rhel` too and are RHEL of their major version. Minor releases (EUS, AUS, E4S)
 * are told apart by the products of the packages, not by the namespace.
 * @see https://access.redhat.com/support/policy/updates/errata
 */
export const rhel: KnownDistribution = {
  did: 'rhel',
  title: 'Red Hat Enterprise Linux',
  packageType: 'rpm',
  scheme: 'rpm',
  namespace: ({ versionId }: DistributionIdentity) => namespaceIn('rhel', majorOf(versionId)),
  advisories: 'read',
  endOfLife: [
    ...endsOfLife('rhel:', { '4': '2012-02-29', '5': '2017-03-31' }),
    ...endsOfLife(
      'rhel:',
      { '6': '2020-11-30', '7': '2024-06-30', '8': '2029-05-31', '9': '2032-05-31', '10': '2035-05-31' },
      'Extended Life Cycle Support brings some fixes for longer',
    ),
  ],
};
