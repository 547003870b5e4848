import type { DistributionIdentity, KnownDistribution } from './known-distribution.ts';
import { namespaceIn } from './release-number.ts';

/**
 * Red Hat Enterprise Linux CoreOS: packages of RHEL and of OpenShift. `VERSION_ID` is OpenShift's; which RHEL it is made
 * of is in `CPE_NAME` (`cpe:/o:redhat:enterprise_linux:9::coreos`). When it ends, OpenShift decides.
 */
export const rhcos: KnownDistribution = {
  did: 'rhcos',
  title: 'Red Hat Enterprise Linux CoreOS',
  packageType: 'rpm',
  scheme: 'rpm',
  namespace: ({ cpe = '' }: DistributionIdentity) => namespaceIn('rhel', rhelMajor(cpe)),
  advisories: 'read',
  endOfLife: [],
};

function rhelMajor(cpe: string): string {
  return /^cpe:(?:\/o|2\.3:o):redhat:enterprise_linux:(\d{1,2})(?:\.\d+)?(?::|$)/.exec(cpe)?.[1] ?? '';
}
