import { COMPLETE, type DistributionCase } from '../distribution-case.ts';
import { osRelease } from '../os-release.ts';
import { type InstalledPackage, inventoryOf, rpmDatabase } from '../package-databases.ts';
import { yumRepository } from '../yum-repository.ts';

const ONE: readonly InstalledPackage[] = [{ name: 'openssl', version: '1:1.0.2k-16.162.amzn1', arch: 'x86_64' }];
const TWO: readonly InstalledPackage[] = [
  { name: 'bind-libs', version: '32:9.11.4-26.P2.amzn2.13', arch: 'x86_64', source: 'bind-9.11.4-26.P2.amzn2.13' },
  { name: 'bind-license', version: '32:9.11.4-26.P2.amzn2.13', arch: 'noarch', source: 'bind-9.11.4-26.P2.amzn2.13' },
  { name: 'less', version: '458-9.amzn2.0.3', arch: 'aarch64' },
  { name: 'zlib', version: '1.2.7-19.amzn2.0.2', arch: 'i686' },
];
const NEWEST: readonly InstalledPackage[] = [
  { name: 'curl-minimal', version: '8.3.0-1.amzn2023.0.1', arch: 'x86_64', source: 'curl-8.3.0-1.amzn2023.0.1' },
  { name: 'kernel-livepatch-6.1.72-96.166', version: '1.0-1.amzn2023', arch: 'x86_64' },
  {
    name: 'ncurses-libs',
    version: '6.2-4.20200222.amzn2023.0.5',
    arch: 'x86_64',
    source: 'ncurses-6.2-4.20200222.amzn2023.0.5',
  },
  {
    name: 'python3',
    version: '3.9.16~rc1-1.amzn2023.0.8',
    arch: 'x86_64',
    source: 'python3.9-3.9.16~rc1-1.amzn2023.0.8',
  },
];

const AL1 = [
  {
    id: 'ALAS-2023-0001',
    severity: 'important',
    cves: ['CVE-2023-11001'],
    packages: ['openssl-1:1.0.2k-16.163.amzn1.x86_64'],
  },
];
const AL2 = [
  {
    id: 'ALAS2-2024-0001',
    severity: 'important',
    cves: ['CVE-2024-11002', 'CVE-2024-11003'],
    packages: [
      'bind-libs-32:9.11.4-26.P2.amzn2.13.1.x86_64',
      'bind-libs-32:9.11.4-26.P2.amzn2.13.1.aarch64',
      'bind-license-32:9.11.4-26.P2.amzn2.13.1.noarch',
      'bind-32:9.11.4-26.P2.amzn2.13.1.src',
    ],
  },
  // Older only for who forgets the epoch.
  { id: 'ALAS2-2024-0002', severity: 'low', cves: ['CVE-2024-11004'], packages: ['bind-libs-9.16.1-1.amzn2.x86_64'] },
  // Fixed in different releases on each architecture; the installed one has its own.
  {
    id: 'ALAS2-2024-0003',
    severity: 'medium',
    cves: ['CVE-2024-11005'],
    packages: ['less-458-9.amzn2.0.4.x86_64', 'less-458-9.amzn2.0.3.aarch64'],
  },
  { id: 'ALAS2-2024-0004', severity: 'medium', cves: ['CVE-2024-11006'], packages: ['zlib-1.2.7-19.amzn2.0.3.x86_64'] },
  { id: 'ALAS2-2024-0005', severity: 'critical', cves: ['CVE-2024-11007'], packages: ['zlib-1.2.7-19.amzn2.0.3.i686'] },
];
const AL2023 = [
  {
    id: 'ALAS2023-2024-001',
    severity: 'Important',
    cves: ['CVE-2024-11008'],
    packages: ['curl-minimal-8.5.0-1.amzn2023.0.2.x86_64'],
  },
  {
    id: 'ALAS2023-2024-002',
    severity: 'Low',
    cves: ['CVE-2024-11009'],
    packages: ['curl-minimal-8.3.0-1.amzn2023.0.1.x86_64'],
  },
  {
    id: 'ALAS2023-2024-003',
    severity: 'Low',
    cves: ['CVE-2024-11010'],
    packages: ['ncurses-libs-6.2-4.20200222.amzn2023.0.4.x86_64'],
  },
  {
    id: 'ALAS2023-2024-004',
    severity: 'Medium',
    cves: ['CVE-2024-11011'],
    packages: ['python3-3.9.16-1.amzn2023.0.1.x86_64'],
  },
];
const LIVEPATCH = [
  {
    id: 'ALAS2023LIVEPATCH-2024-001',
    severity: 'Important',
    cves: ['CVE-2024-11012'],
    packages: ['kernel-livepatch-6.1.72-96.166-1.0-2.amzn2023.x86_64'],
  },
];

export const amazon: DistributionCase = {
  name: 'amazon',
  feed: {
    id: 'aws',
    options: (url) => ({
      al1_url: `${url}/2018.03/updates/x86_64/mirror.list`,
      al2_url: `${url}/2/core/latest/x86_64/mirror.list`,
      al2023_url: `${url}/al2023/core/mirrors/latest/x86_64/mirror.list`,
      al2023_livepatch_url: `${url}/al2023/kernel-livepatch/mirrors/latest/x86_64/mirror.list`,
    }),
    documents: (url) => ({
      ...yumRepository({
        url,
        folder: '/2018.03/updates/a1',
        mirrorList: '/2018.03/updates/x86_64/mirror.list',
        updates: AL1,
      }),
      ...yumRepository({ url, folder: '/2/core/b2', mirrorList: '/2/core/latest/x86_64/mirror.list', updates: AL2 }),
      ...yumRepository({
        url,
        folder: '/al2023/core/c3',
        mirrorList: '/al2023/core/mirrors/latest/x86_64/mirror.list',
        updates: AL2023,
      }),
      ...yumRepository({
        url,
        folder: '/al2023/kernel-livepatch/d4',
        mirrorList: '/al2023/kernel-livepatch/mirrors/latest/x86_64/mirror.list',
        updates: LIVEPATCH,
      }),
    }),
  },
  images: [
    {
      name: 'amazon 1, past its end of life',
      files: [
        osRelease({ ID: 'amzn', VERSION_ID: '2018.03', PRETTY_NAME: 'Amazon Linux AMI 2018.03' }),
        rpmDatabase('berkeley', ONE),
      ],
      packages: inventoryOf(ONE),
      findings: ['openssl.x86_64 1:1.0.2k-16.162.amzn1: ALAS-2023-0001 affected, fixed, < 1:1.0.2k-16.163.amzn1, High'],
      coverage: {
        verdict: 'partial',
        reasons: [
          'amzn:1 (Amazon Linux 1) is past its end of life since 2023-12-31: flaws found later are not in its advisories',
        ],
      },
    },
    {
      name: 'amazon 2',
      files: [osRelease({ ID: 'amzn', VERSION_ID: '2', PRETTY_NAME: 'Amazon Linux 2' }), rpmDatabase('berkeley', TWO)],
      packages: inventoryOf(TWO),
      findings: [
        'bind-libs.x86_64 32:9.11.4-26.P2.amzn2.13: ALAS2-2024-0001 affected, fixed, < 32:9.11.4-26.P2.amzn2.13.1, High',
        'bind-license.noarch 32:9.11.4-26.P2.amzn2.13: ALAS2-2024-0001 affected, fixed, < 32:9.11.4-26.P2.amzn2.13.1, High',
        'zlib.i686 1.2.7-19.amzn2.0.2: ALAS2-2024-0005 affected, fixed, < 1.2.7-19.amzn2.0.3, Critical',
      ],
      coverage: COMPLETE,
    },
    {
      name: 'amazon 2023',
      files: [
        osRelease({ ID: 'amzn', VERSION_ID: '2023', PRETTY_NAME: 'Amazon Linux 2023' }),
        rpmDatabase('sqlite', NEWEST),
      ],
      packages: inventoryOf(NEWEST),
      findings: [
        'curl-minimal.x86_64 8.3.0-1.amzn2023.0.1: ALAS2023-2024-001 affected, fixed, < 8.5.0-1.amzn2023.0.2, High',
        'kernel-livepatch-6.1.72-96.166.x86_64 1.0-1.amzn2023: ALAS2023LIVEPATCH-2024-001 affected, fixed, < 1.0-2.amzn2023, High',
        'python3.x86_64 3.9.16~rc1-1.amzn2023.0.8: ALAS2023-2024-004 affected, fixed, < 3.9.16-1.amzn2023.0.1, Medium',
      ],
      coverage: COMPLETE,
    },
  ],
};
