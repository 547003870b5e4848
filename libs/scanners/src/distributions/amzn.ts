import { endsOfLife } from './end-of-life.ts';
import type { DistributionIdentity, KnownDistribution } from './known-distribution.ts';
import { majorOf, namespaceIn } from './release-number.ts';

/** @see https://docs.aws.amazon.com/linux/al2023/ug/release-cadence.html */
export const amzn: KnownDistribution = {
  did: 'amzn',
  title: 'Amazon Linux',
  packageType: 'rpm',
  scheme: 'rpm',
  namespace,
  advisories: 'read',
  endOfLife: endsOfLife('amzn:', { '1': '2023-12-31', '2': '2026-06-30', '2023': '2029-06-30' }),
};

/** The first Amazon Linux (the AMI) is one distribution that counts by year and month: `2018.03`, `2017.09`. */
function namespace({ versionId }: DistributionIdentity): string {
  const isAmi = /^201\d\.\d{2}(\.\d+)*$/.test(versionId);
  return isAmi ? 'amzn:1' : namespaceIn('amzn', majorOf(versionId));
}
