import { endsOfLife } from './end-of-life.ts';
import type { DistributionIdentity, KnownDistribution } from './known-distribution.ts';

/** @see https://alpinelinux.org/releases/ */
export const alpine: KnownDistribution = {
  did: 'alpine',
  title: 'Alpine Linux',
  packageType: 'apk',
  scheme: 'apk',
  namespace,
  advisories: 'read',
  endOfLife: endsOfLife('alpine:v', {
    '3.0': '2016-05-01',
    '3.1': '2016-11-01',
    '3.2': '2017-05-01',
    '3.3': '2017-11-01',
    '3.4': '2018-05-01',
    '3.5': '2018-11-01',
    '3.6': '2019-05-01',
    '3.7': '2019-11-01',
    '3.8': '2020-05-01',
    '3.9': '2020-11-01',
    '3.10': '2021-05-01',
    '3.11': '2021-11-01',
    '3.12': '2022-05-01',
    '3.13': '2022-11-01',
    '3.14': '2023-05-01',
    '3.15': '2023-11-01',
    '3.16': '2024-05-23',
    '3.17': '2024-11-22',
    '3.18': '2025-05-09',
    '3.19': '2025-11-01',
    '3.20': '2026-04-01',
    '3.21': '2026-11-01',
    '3.22': '2027-05-01',
    '3.23': '2027-11-01',
  }),
};

/** `3.20`, `3.20.1` and `v3.20` are the branch v3.20; anything with a suffix (`3.21_alpha20240923`) is built from edge. */
function namespace({ versionId }: DistributionIdentity): string {
  if (versionId === 'edge' || /^\d+(\.\d+)*_/.test(versionId)) return 'alpine:edge';
  const branch = /^v?(\d+\.\d+)(\.\d+)*$/.exec(versionId)?.[1];
  return branch === undefined ? '' : `alpine:v${branch}`;
}
