import { COMPLETE, type DistributionCase } from '../distribution-case.ts';
import { osRelease } from '../os-release.ts';
import { apkInstalled, type InstalledPackage, inventoryOf } from '../package-databases.ts';

const PACKAGES: readonly InstalledPackage[] = [
  { name: 'glibc', version: '2.39-r4', arch: 'aarch64' },
  { name: 'openssl-fips', version: '3.1.4-r1', arch: 'aarch64' },
  { name: 'openssl-fips-dev', version: '3.1.4-r1', arch: 'aarch64', source: 'openssl-fips' },
];

const SECDB = {
  apkurl: '{{urlprefix}}/{{reponame}}/{{arch}}/{{pkg.name}}-{{pkg.ver}}.apk',
  archs: ['x86_64', 'aarch64'],
  reponame: 'chainguard',
  urlprefix: 'https://packages.cgr.dev',
  packages: [
    { pkg: { name: 'glibc', secfixes: { '2.39-r3': ['CVE-2024-3101'] } } },
    { pkg: { name: 'openssl-fips', secfixes: { '0': ['CVE-2024-3102'], '3.1.4-r2': ['CVE-2024-3103'] } } },
  ],
};

export const chainguard: DistributionCase = {
  name: 'chainguard',
  feed: {
    id: 'chainguard',
    options: (url) => ({ url: `${url}/security.json` }),
    documents: () => ({ '/security.json': JSON.stringify(SECDB) }),
  },
  images: [
    {
      name: 'chainguard',
      files: [
        osRelease({ ID: 'chainguard', VERSION_ID: '20230214', PRETTY_NAME: 'Chainguard' }),
        apkInstalled(PACKAGES),
      ],
      packages: inventoryOf(PACKAGES),
      findings: [
        'openssl-fips-dev.aarch64 3.1.4-r1: CVE-2024-3103 affected, fixed, < 3.1.4-r2, Unknown',
        'openssl-fips.aarch64 3.1.4-r1: CVE-2024-3103 affected, fixed, < 3.1.4-r2, Unknown',
      ],
      coverage: COMPLETE,
    },
  ],
};
