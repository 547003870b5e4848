import { COMPLETE, type DistributionCase } from '../distribution-case.ts';
import { osRelease } from '../os-release.ts';
import { apkInstalled, type InstalledPackage, inventoryOf } from '../package-databases.ts';

const PACKAGES: readonly InstalledPackage[] = [
  { name: 'glibc', version: '2.39-r4', arch: 'x86_64' },
  { name: 'libcrypto3', version: '3.3.0-r1', arch: 'x86_64', source: 'openssl' },
  { name: 'openssl-fips', version: '3.0.9-r1', arch: 'x86_64' },
];

const SECDB = {
  apkurl: '{{urlprefix}}/{{reponame}}/{{arch}}/{{pkg.name}}-{{pkg.ver}}.apk',
  archs: ['x86_64'],
  reponame: 'os',
  urlprefix: 'https://packages.wolfi.dev',
  packages: [
    { pkg: { name: 'glibc', secfixes: { '0': ['CVE-2024-3001'], '2.39-r4': ['CVE-2024-3002'] } } },
    {
      pkg: {
        name: 'openssl',
        secfixes: { '3.3.0-r2': ['CVE-2024-3003', 'GHSA-aaaa-bbbb-cccc'], '3.3.0-r10': ['CVE-2024-3004'] },
      },
    },
  ],
};

export const wolfi: DistributionCase = {
  name: 'wolfi',
  feed: {
    id: 'wolfi',
    options: (url) => ({ url: `${url}/os/security.json` }),
    documents: () => ({ '/os/security.json': JSON.stringify(SECDB) }),
  },
  images: [
    {
      name: 'wolfi',
      files: [
        osRelease({ ID: 'wolfi', VERSION_ID: '20230201', PRETTY_NAME: 'Wolfi' }),
        apkInstalled(PACKAGES, 'usr/lib/apk/db/installed'),
      ],
      packages: inventoryOf(PACKAGES),
      // Of openssl-fips Chainguard's database knows a flaw, which is not Wolfi's to say.
      findings: [
        'libcrypto3.x86_64 3.3.0-r1: CVE-2024-3003 affected, fixed, < 3.3.0-r2, Unknown',
        'libcrypto3.x86_64 3.3.0-r1: CVE-2024-3004 affected, fixed, < 3.3.0-r10, Unknown',
        'libcrypto3.x86_64 3.3.0-r1: GHSA-aaaa-bbbb-cccc affected, fixed, < 3.3.0-r2, Unknown',
      ],
      coverage: COMPLETE,
    },
  ],
};
