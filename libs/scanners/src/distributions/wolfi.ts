import type { KnownDistribution } from './known-distribution.ts';

/** Rolling: `VERSION_ID` is a day that says nothing of the namespace. @see https://wolfi.dev */
export const wolfi: KnownDistribution = {
  did: 'wolfi',
  title: 'Wolfi',
  packageType: 'apk',
  scheme: 'apk',
  namespace: () => 'wolfi',
  advisories: 'read',
  endOfLife: [],
};
