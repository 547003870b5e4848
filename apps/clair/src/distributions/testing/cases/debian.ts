import { COMPLETE, type DistributionCase } from '../distribution-case.ts';
import { osRelease } from '../os-release.ts';
import { dpkgStatus, type InstalledPackage, inventoryOf } from '../package-databases.ts';

const PACKAGES: readonly InstalledPackage[] = [
  { name: 'bash', version: '5.2.15-2+b2', arch: 'amd64', source: 'bash (5.2.15-2)' },
  { name: 'cpp', version: '4:12.2.0-3', arch: 'amd64', source: 'gcc-defaults (1.203)' },
  { name: 'curl', version: '7.88.1-10+deb12u5', arch: 'amd64' },
  { name: 'liblzma5', version: '5.4.1-0.2', arch: 'amd64', source: 'xz-utils' },
  { name: 'libssl3', version: '3.0.9-1', arch: 'amd64', source: 'openssl' },
  { name: 'libssl3', version: '3.0.9-1', arch: 'i386', source: 'openssl' },
  { name: 'perl-base', version: '5.36.0~rc3-2', arch: 'amd64', source: 'perl' },
  { name: 'tar', version: '1.34+dfsg-1.2', arch: 'amd64' },
  { name: 'zlib1g', version: '1:1.2.13.dfsg-1', arch: 'amd64', source: 'zlib' },
];
const OLD: readonly InstalledPackage[] = [{ name: 'curl', version: '7.64.0-4', arch: 'amd64' }];

const bookworm = (entry: object) => ({ description: 'A flaw.', scope: 'remote', releases: { bookworm: entry } });
const resolved = (fixed_version: string, urgency = 'medium') =>
  bookworm({ status: 'resolved', repositories: {}, fixed_version, urgency });
const open = (urgency: string, more = {}) => bookworm({ status: 'open', repositories: {}, urgency, ...more });

const TRACKER = {
  bash: {
    'TEMP-0000001-ABCDEF': open('unimportant'),
    // The binary was built again without a change of the source, whose version counts.
    'CVE-2024-1001': resolved('5.2.15-2'),
    'CVE-2024-1002': resolved('5.2.15-3'),
  },
  curl: {
    'CVE-2024-1003': resolved('7.88.1-10+deb12u4'),
    'CVE-2024-1004': resolved('7.88.1-10+deb12u5'),
    'CVE-2024-1005': resolved('7.88.1-10+deb12u10', 'high'),
    // Another release.
    'CVE-2024-1006': { releases: { trixie: { status: 'open', urgency: 'high' } } },
  },
  'gcc-defaults': { 'CVE-2024-1007': resolved('1.204', 'low**') },
  libssl3: { 'CVE-2024-1008': open('high') }, // A binary package's name, where the tracker has source packages.
  openssl: { 'CVE-2024-1009': resolved('3.0.11-1~deb12u2', 'not yet assigned') },
  perl: { 'CVE-2024-1010': resolved('5.36.0-1'), 'CVE-2024-1011': resolved('5.36.0~rc2-1') },
  removed: { 'CVE-2024-1012': open('high') },
  tar: {
    'CVE-2024-1013': bookworm({ status: 'undetermined', repositories: {}, urgency: 'not yet assigned' }),
    'CVE-2024-1014': open('low', { nodsa: 'Minor issue', nodsa_reason: 'ignored' }),
    'CVE-2024-1015': open('low', { nodsa: 'Minor issue', nodsa_reason: 'postponed' }),
    'CVE-2024-1016': open('medium', { nodsa: 'Minor issue', nodsa_reason: '' }),
    'CVE-2024-1017': open('end-of-life'),
  },
  'xz-utils': { 'CVE-2024-1018': resolved('0', 'not yet assigned') },
  // Older only for who forgets the epoch; newer only for who does.
  zlib: { 'CVE-2024-1019': resolved('1.3-1'), 'CVE-2024-1020': resolved('2:1.0-1') },
};

export const debian: DistributionCase = {
  name: 'debian',
  feed: {
    id: 'debian',
    options: (url) => ({ json_url: `${url}/tracker/data/json` }),
    documents: () => ({ '/tracker/data/json': JSON.stringify(TRACKER) }),
  },
  images: [
    {
      name: 'debian 12',
      files: [
        osRelease({ ID: 'debian', VERSION_ID: '12', VERSION_CODENAME: 'bookworm', PRETTY_NAME: 'Debian GNU/Linux 12' }),
        dpkgStatus(PACKAGES),
      ],
      packages: inventoryOf(PACKAGES),
      findings: [
        'bash.amd64 5.2.15-2+b2: CVE-2024-1002 affected, fixed, < 5.2.15-3, Medium',
        'bash.amd64 5.2.15-2+b2: TEMP-0000001-ABCDEF affected, not-fixed, Negligible',
        'cpp.amd64 4:12.2.0-3: CVE-2024-1007 affected, fixed, < 1.204, Low',
        'curl.amd64 7.88.1-10+deb12u5: CVE-2024-1005 affected, fixed, < 7.88.1-10+deb12u10, High',
        'libssl3.amd64 3.0.9-1: CVE-2024-1009 affected, fixed, < 3.0.11-1~deb12u2, Unknown',
        'libssl3.i386 3.0.9-1: CVE-2024-1009 affected, fixed, < 3.0.11-1~deb12u2, Unknown',
        'perl-base.amd64 5.36.0~rc3-2: CVE-2024-1010 affected, fixed, < 5.36.0-1, Medium',
        'tar.amd64 1.34+dfsg-1.2: CVE-2024-1013 undecidable, unknown, Unknown',
        'tar.amd64 1.34+dfsg-1.2: CVE-2024-1014 affected, will-not-fix, Low',
        'tar.amd64 1.34+dfsg-1.2: CVE-2024-1015 affected, deferred, Low',
        'tar.amd64 1.34+dfsg-1.2: CVE-2024-1016 affected, not-fixed, Medium',
        'tar.amd64 1.34+dfsg-1.2: CVE-2024-1017 affected, out-of-support, Unknown',
        'zlib1g.amd64 1:1.2.13.dfsg-1: CVE-2024-1020 affected, fixed, < 2:1.0-1, Medium',
      ],
      coverage: COMPLETE,
    },
    {
      name: 'debian 10, of which the tracker says nothing any more',
      files: [
        osRelease({ ID: 'debian', VERSION_ID: '10', VERSION_CODENAME: 'buster', PRETTY_NAME: 'Debian GNU/Linux 10' }),
        dpkgStatus(OLD),
      ],
      packages: inventoryOf(OLD),
      findings: [],
      coverage: {
        verdict: 'unknown',
        reasons: [
          'debian:10 (Debian 10) is past its end of life since 2024-06-30: flaws found later are not in its advisories',
          'no feed is loaded for debian:10: 1 package could not be matched',
        ],
      },
    },
  ],
};
