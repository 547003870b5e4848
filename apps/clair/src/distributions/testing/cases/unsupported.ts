import type { DistributionCase } from '../distribution-case.ts';
import { osRelease } from '../os-release.ts';
import { apkInstalled, type InstalledPackage, inventoryOf, rpmDatabase } from '../package-databases.ts';

const FEDORA: readonly InstalledPackage[] = [
  { name: 'curl', version: '7.76.1-1.fc44', arch: 'x86_64' },
  { name: 'openssl-libs', version: '1:3.0.7-1.fc44', arch: 'x86_64' },
];
const OTHER: readonly InstalledPackage[] = [{ name: 'busybox', version: '1.0-r0', arch: 'x86_64' }];

/** Distributions whose advisories nobody here reads: their packages are in the advisories of others, and must not be looked up there. */
export const unsupported: DistributionCase = {
  name: 'unsupported',
  images: [
    {
      name: 'fedora',
      files: [
        osRelease({ ID: 'fedora', VERSION_ID: '44', PRETTY_NAME: 'Fedora Linux 44' }),
        rpmDatabase('sqlite', FEDORA),
      ],
      packages: inventoryOf(FEDORA),
      findings: [],
      coverage: {
        verdict: 'unknown',
        reasons: [
          'Fedora 44 is not supported: nobody here reads its advisories',
          'no feed is loaded for fedora:44: 2 packages could not be matched',
        ],
      },
    },
    {
      name: 'a distribution that nobody knows',
      files: [
        osRelease({ ID: 'nonesuch', ID_LIKE: 'alpine', VERSION_ID: '1', PRETTY_NAME: 'Nonesuch Linux 1' }),
        apkInstalled(OTHER),
      ],
      packages: inventoryOf(OTHER),
      findings: [],
      coverage: {
        verdict: 'unknown',
        reasons: [
          'the distribution Nonesuch Linux 1 is not supported: nobody here reads its advisories',
          '1 package could not be matched: it is not known which distribution they belong to',
        ],
      },
    },
  ],
};
