import type { KnownDistribution } from './known-distribution.ts';

/** Rolling: `VERSION_ID` is a day that says nothing of the namespace. @see https://edu.chainguard.dev */
export const chainguard: KnownDistribution = {
  did: 'chainguard',
  title: 'Chainguard OS',
  packageType: 'apk',
  scheme: 'apk',
  namespace: () => 'chainguard',
  advisories: 'read',
  endOfLife: [],
};
