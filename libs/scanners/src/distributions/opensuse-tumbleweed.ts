import type { DistributionIdentity, KnownDistribution } from './known-distribution.ts';

/**
 * openSUSE Tumbleweed, rolling: `VERSION_ID` is a day and says nothing of the namespace. MicroOS is installed from the
 * same repository. Older ones said `ID=opensuse`.
 * @see https://en.opensuse.org/Portal:Tumbleweed
 */
export const opensuseTumbleweed: KnownDistribution = {
  did: 'opensuse-tumbleweed',
  claims: isTumbleweed,
  title: 'openSUSE Tumbleweed',
  packageType: 'rpm',
  scheme: 'rpm',
  namespace: () => 'opensuse-tumbleweed',
  advisories: 'read',
  endOfLife: [],
};

function isTumbleweed({ did, versionId }: DistributionIdentity): boolean {
  if (did === 'opensuse-tumbleweed' || did === 'opensuse-microos') return true;
  return did === 'opensuse' && /^20\d{6}$/.test(versionId);
}
