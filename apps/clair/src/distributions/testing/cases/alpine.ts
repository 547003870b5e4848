import { COMPLETE, type DistributionCase } from '../distribution-case.ts';
import { osRelease } from '../os-release.ts';
import { apkInstalled, type InstalledPackage, inventoryOf } from '../package-databases.ts';

const PACKAGES: readonly InstalledPackage[] = [
  { name: 'busybox', version: '1.37.0-r18', arch: 'x86_64' },
  { name: 'ffmpeg-libs', version: '6.1.2_git20250101-r3', arch: 'x86_64', source: 'ffmpeg' },
  { name: 'libcrypto3', version: '3.5.1-r0', arch: 'x86_64', source: 'openssl' },
  { name: 'libssl3', version: '3.5.1-r0', arch: 'x86_64', source: 'openssl' },
  { name: 'musl', version: '1.2.5_rc3-r9', arch: 'x86_64' },
  { name: 'zlib', version: '1.3.1-r2', arch: 'x86_64' },
];
const OLD: readonly InstalledPackage[] = [{ name: 'zlib', version: '1.2.13-r0', arch: 'x86_64' }];

const repository = (branch: string, reponame: string, secfixes: Readonly<Record<string, Record<string, string[]>>>) =>
  JSON.stringify({
    apkurl: '{{urlprefix}}/{{distroversion}}/{{reponame}}/{{arch}}/{{pkg.name}}-{{pkg.ver}}.apk',
    archs: ['x86_64', 'aarch64'],
    reponame,
    urlprefix: 'https://dl-cdn.alpinelinux.org/alpine',
    distroversion: branch,
    packages: Object.entries(secfixes).map(([name, fixes]) => ({ pkg: { name, secfixes: fixes } })),
  });

const MAIN = repository('v3.22', 'main', {
  busybox: {
    '1.37.0-r18': ['CVE-2025-1001'],
    '1.37.0-r20': ['CVE-2025-1002 CVE-2025-1003'],
    // An older fix of the same flaw, that was not enough.
    '1.36.0-r1': ['CVE-2025-1002'],
  },
  libssl3: { '9-r0': ['CVE-2025-1004'] }, // A binary package's name, where the database has origins.
  musl: { '1.2.5-r1': ['CVE-2025-1005'], '1.2.5_rc2-r20': ['CVE-2025-1006'], '1.2.5_p1-r0': ['CVE-2025-1007'] },
  openssl: { '0': ['CVE-2025-1008'], '3.5.10-r0': ['CVE-2025-1009'], '3.5.0-r9': ['CVE-2025-1010'] },
  zlib: { 'not/a/version': ['CVE-2025-1011'] },
});
const COMMUNITY = repository('v3.22', 'community', {
  ffmpeg: { '6.1.2_git20250101-r4': ['CVE-2025-1012'], '6.1.2-r9': ['CVE-2025-1013'] },
});

export const alpine: DistributionCase = {
  name: 'alpine',
  feed: {
    id: 'alpine',
    options: (url) => ({ url: `${url}/` }),
    documents: () => ({
      '/last-update': '2026-01-01T00:00:00Z',
      '/v3.18/main.json': repository('v3.18', 'main', { zlib: { '1.2.13-r1': ['CVE-2023-1001'] } }),
      '/v3.18/community.json': repository('v3.18', 'community', {}),
      '/v3.22/main.json': MAIN,
      '/v3.22/community.json': COMMUNITY,
    }),
  },
  images: [
    {
      name: 'alpine 3.22',
      files: [
        osRelease({ ID: 'alpine', VERSION_ID: '3.22.1', PRETTY_NAME: 'Alpine Linux v3.22' }),
        apkInstalled(PACKAGES),
      ],
      packages: inventoryOf(PACKAGES),
      findings: [
        'busybox.x86_64 1.37.0-r18: CVE-2025-1002 affected, fixed, < 1.37.0-r20, Unknown',
        'busybox.x86_64 1.37.0-r18: CVE-2025-1003 affected, fixed, < 1.37.0-r20, Unknown',
        'ffmpeg-libs.x86_64 6.1.2_git20250101-r3: CVE-2025-1012 affected, fixed, < 6.1.2_git20250101-r4, Unknown',
        'libcrypto3.x86_64 3.5.1-r0: CVE-2025-1009 affected, fixed, < 3.5.10-r0, Unknown',
        'libssl3.x86_64 3.5.1-r0: CVE-2025-1009 affected, fixed, < 3.5.10-r0, Unknown',
        'musl.x86_64 1.2.5_rc3-r9: CVE-2025-1005 affected, fixed, < 1.2.5-r1, Unknown',
        'musl.x86_64 1.2.5_rc3-r9: CVE-2025-1007 affected, fixed, < 1.2.5_p1-r0, Unknown',
        'zlib.x86_64 1.3.1-r2: CVE-2025-1011 undecidable, fixed, < not/a/version, Unknown',
      ],
      coverage: COMPLETE,
    },
    {
      name: 'alpine 3.18, past its end of life',
      files: [osRelease({ ID: 'alpine', VERSION_ID: '3.18.12', PRETTY_NAME: 'Alpine Linux v3.18' }), apkInstalled(OLD)],
      packages: inventoryOf(OLD),
      findings: ['zlib.x86_64 1.2.13-r0: CVE-2023-1001 affected, fixed, < 1.2.13-r1, Unknown'],
      coverage: {
        verdict: 'partial',
        reasons: [
          'alpine:v3.18 (Alpine Linux 3.18) is past its end of life since 2025-05-09: flaws found later are not in its advisories',
        ],
      },
    },
  ],
};
