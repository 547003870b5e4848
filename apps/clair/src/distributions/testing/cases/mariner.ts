import type { DistributionCase } from '../distribution-case.ts';
import { microsoftOval } from '../microsoft-oval.ts';
import { osRelease } from '../os-release.ts';
import { type InstalledPackage, inventoryOf, rpmDatabase } from '../package-databases.ts';

const TWO: readonly InstalledPackage[] = [
  { name: 'openssl-libs', version: '1.1.1k-28.cm2', arch: 'aarch64', source: 'openssl-1.1.1k-28.cm2' },
  { name: 'zlib', version: '1.2.13-1.cm2', arch: 'aarch64' },
];
const ONE: readonly InstalledPackage[] = [{ name: 'zlib', version: '1.2.11-3.cm1', arch: 'x86_64' }];

const PREFIX = 'oval:com.microsoft.cbl-mariner';

export const mariner: DistributionCase = {
  name: 'mariner',
  feed: {
    id: 'azure-linux',
    options: (url) => ({ url: `${url}/main` }),
    documents: () => ({
      '/main/cbl-mariner-2.0-oval.xml': microsoftOval(PREFIX, [
        { cve: 'CVE-2023-9101', name: 'openssl', evr: '0:1.1.1k-29.cm2', patchable: 'true', severity: 'High' },
        { cve: 'CVE-2023-9102', name: 'zlib', evr: '0:1.2.13-1.cm2', patchable: 'true', severity: 'High' },
      ]),
      '/main/cbl-mariner-1.0-oval.xml': microsoftOval(PREFIX, [
        { cve: 'CVE-2022-9103', name: 'zlib', evr: '0:1.2.12-1.cm1', patchable: 'true', severity: 'Critical' },
      ]),
    }),
  },
  images: [
    {
      name: 'mariner 2.0, past its end of life',
      files: [
        osRelease({ ID: 'mariner', VERSION_ID: '2.0', PRETTY_NAME: 'CBL-Mariner/Linux' }),
        rpmDatabase('sqlite', TWO),
      ],
      packages: inventoryOf(TWO),
      findings: ['openssl-libs.aarch64 1.1.1k-28.cm2: CVE-2023-9101 affected, fixed, < 0:1.1.1k-29.cm2, High'],
      coverage: {
        verdict: 'partial',
        reasons: [
          'mariner:2.0 (CBL-Mariner 2.0) is past its end of life since 2025-07-31: flaws found later are not in its advisories',
        ],
      },
    },
    {
      name: 'mariner 1.0, past its end of life',
      files: [
        osRelease({ ID: 'mariner', VERSION_ID: '1.0', PRETTY_NAME: 'CBL-Mariner/Linux' }),
        rpmDatabase('berkeley', ONE),
      ],
      packages: inventoryOf(ONE),
      findings: ['zlib.x86_64 1.2.11-3.cm1: CVE-2022-9103 affected, fixed, < 0:1.2.12-1.cm1, Critical'],
      coverage: {
        verdict: 'partial',
        reasons: [
          'mariner:1.0 (CBL-Mariner 1.0) is past its end of life since 2023-08-31: flaws found later are not in its advisories',
        ],
      },
    },
  ],
};
