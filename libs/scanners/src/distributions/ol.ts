import { endsOfLife } from './end-of-life.ts';
import type { DistributionIdentity, KnownDistribution } from './known-distribution.ts';
import { majorOf, namespaceIn } from './release-number.ts';

/** A release ends with Premier Support. @see https://www.oracle.com/a/ocom/docs/elsp-lifetime-069338.pdf */
export const ol: KnownDistribution = {
  did: 'ol',
  title: 'Oracle Linux',
  packageType: 'rpm',
  scheme: 'rpm',
  namespace: ({ versionId }: DistributionIdentity) => namespaceIn('ol', majorOf(versionId)),
  advisories: 'read',
  endOfLife: endsOfLife(
    'ol:',
    {
      '5': '2017-06-30',
      '6': '2021-03-31',
      '7': '2024-12-31',
      '8': '2029-07-31',
      '9': '2032-06-30',
      '10': '2035-06-30',
    },
    'Extended Support brings some fixes for longer',
  ),
};
