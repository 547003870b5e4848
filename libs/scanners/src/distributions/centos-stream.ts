import { endsOfLife } from './end-of-life.ts';
import type { DistributionIdentity, KnownDistribution } from './known-distribution.ts';
import { majorOf, namespaceIn } from './release-number.ts';

/** The last major version of CentOS Linux; every later `ID=centos` is a Stream. */
const CENTOS_LINUX_LAST = 8;

/**
 * CentOS Stream has the `ID` of CentOS Linux; of version 8 there are both, and only `NAME` tells them apart. It goes ahead
 * of RHEL: its releases are higher than those of Red Hat's fixes without containing them, so to match it against Red
 * Hat's advisories would call what is vulnerable fixed. It has no advisories of its own.
 * @see https://www.centos.org/cl-vs-cs/
 */
export const centosStream: KnownDistribution = {
  did: 'centos-stream',
  claims: isStream,
  title: 'CentOS Stream',
  packageType: 'rpm',
  scheme: 'rpm',
  namespace: ({ versionId }: DistributionIdentity) => namespaceIn('centos-stream', majorOf(versionId)),
  advisories: 'unread',
  endOfLife: endsOfLife('centos-stream:', { '8': '2024-05-31', '9': '2027-05-31' }),
};

function isStream({ did, name = '', versionId }: DistributionIdentity): boolean {
  if (did === 'centos-stream') return true;
  return did === 'centos' && (name === 'CentOS Stream' || Number(majorOf(versionId)) > CENTOS_LINUX_LAST);
}
