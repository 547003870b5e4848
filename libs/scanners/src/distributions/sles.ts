import { endsOfLife } from './end-of-life.ts';
import type { DistributionIdentity, KnownDistribution } from './known-distribution.ts';
import { namespaceIn } from './release-number.ts';

const PRODUCTS = new Set(['sles', 'sles_sap', 'sled', 'sle_hpc']);

/**
 * SUSE Linux Enterprise with its service pack (`15.5`): Server, and what is Server with other modules chosen: for SAP,
 * Desktop, High Performance Computing. One build of a package is in all of them. A service pack ends with its general
 * support. @see https://www.suse.com/lifecycle
 */
export const sles: KnownDistribution = {
  did: 'sles',
  claims: ({ did }) => PRODUCTS.has(did),
  title: 'SUSE Linux Enterprise',
  packageType: 'rpm',
  scheme: 'rpm',
  namespace,
  advisories: 'read',
  endOfLife: endsOfLife(
    'sles:',
    {
      '11': '2010-12-31',
      '11.1': '2012-08-31',
      '11.2': '2014-01-31',
      '11.3': '2016-01-31',
      '11.4': '2019-03-31',
      '12': '2016-06-30',
      '12.1': '2017-05-31',
      '12.2': '2018-03-31',
      '12.3': '2019-06-30',
      '12.4': '2020-06-30',
      '12.5': '2024-10-31',
      '15': '2019-12-31',
      '15.1': '2021-01-31',
      '15.2': '2021-12-31',
      '15.3': '2022-12-31',
      '15.4': '2023-12-31',
      '15.5': '2024-12-31',
      '15.6': '2025-12-31',
      '15.7': '2031-07-31',
    },
    'Long Term Service Pack Support brings fixes for longer',
  ),
};

/** As `VERSION_ID` has it: `15` is the release before its first service pack, `16.0` the first of 16. */
function namespace({ versionId }: DistributionIdentity): string {
  return namespaceIn('sles', /^\d{1,2}(\.\d{1,2})?$/.exec(versionId)?.[0] ?? '');
}
