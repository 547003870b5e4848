import { endsOfLife } from './end-of-life.ts';
import type { DistributionIdentity, KnownDistribution } from './known-distribution.ts';
import { majorOf, namespaceIn } from './release-number.ts';

/**
 * CentOS Linux. It published its updates by mail and never as data, but its packages are Red Hat's of the same version
 * and release, built again; so they live in the namespace of RHEL and Red Hat's advisories are about them.
 * @see https://www.centos.org/centos-linux-eol/
 */
export const centos: KnownDistribution = {
  did: 'centos',
  title: 'CentOS Linux',
  packageType: 'rpm',
  scheme: 'rpm',
  namespace: ({ versionId }: DistributionIdentity) => namespaceIn('rhel', majorOf(versionId)),
  advisories: 'read',
  endOfLife: endsOfLife(
    'rhel:',
    { '5': '2017-03-31', '6': '2020-11-30', '7': '2024-06-30', '8': '2021-12-31' },
    'they are those of Red Hat, whose fixes it no longer gets',
  ),
};
