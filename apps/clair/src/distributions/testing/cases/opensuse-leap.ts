import type { DistributionCase } from '../distribution-case.ts';
import { osRelease } from '../os-release.ts';
import { any } from '../oval-document.ts';
import { type InstalledPackage, inventoryOf, rpmDatabase } from '../package-databases.ts';
import { fixedIn, inProducts, installed, isAffected, suseOval } from '../suse-oval.ts';

const PACKAGES: readonly InstalledPackage[] = [
  { name: 'chromium', version: '127.0.6533.72-bp156.2.11.1', arch: 'x86_64' },
  { name: 'krb5', version: '1.20.1-150600.11.3.1', arch: 'aarch64' },
  { name: 'libzypp', version: '17.35.8-150600.3.19.2', arch: 'x86_64' },
];

const LEAP = installed('openSUSE Leap 15.6', 'openSUSE-release', '15.6');
const BACKPORTS = installed('SUSE Linux Enterprise Server 15 SP6', 'sles-release', '15.6');

const DOCUMENT = suseOval([
  {
    cve: 'CVE-2024-7101',
    severity: 'Important',
    criteria: inProducts(
      [LEAP],
      [fixedIn('chromium', '0:128.0.6613.84-bp156.2.14.1'), fixedIn('chromedriver', '0:128.0.6613.84-bp156.2.14.1')],
    ),
  },
  {
    cve: 'CVE-2024-7102',
    severity: 'Moderate',
    criteria: any(
      inProducts([LEAP], [fixedIn('krb5', '0:1.20.1-150600.11.6.1')]),
      inProducts([BACKPORTS], [isAffected('krb5')]),
    ),
  },
  // Of the enterprise release only.
  { cve: 'CVE-2024-7103', severity: 'Moderate', criteria: inProducts([BACKPORTS], [isAffected('libzypp')]) },
]);

export const opensuseLeap: DistributionCase = {
  name: 'opensuse-leap',
  feed: {
    id: 'suse',
    options: (url) => ({ url: `${url}/oval/` }),
    documents: () => ({ '/oval/opensuse.leap.15.6.xml': DOCUMENT }),
  },
  images: [
    {
      name: 'opensuse-leap 15.6, past its end of life',
      files: [
        osRelease({ ID: 'opensuse-leap', VERSION_ID: '15.6', PRETTY_NAME: 'openSUSE Leap 15.6' }),
        rpmDatabase('ndb', PACKAGES),
      ],
      packages: inventoryOf(PACKAGES),
      findings: [
        'chromium.x86_64 127.0.6533.72-bp156.2.11.1: CVE-2024-7101 affected, fixed, < 0:128.0.6613.84-bp156.2.14.1, High',
        'krb5.aarch64 1.20.1-150600.11.3.1: CVE-2024-7102 affected, fixed, < 0:1.20.1-150600.11.6.1, Medium',
      ],
      coverage: {
        verdict: 'partial',
        reasons: [
          'opensuse-leap:15.6 (openSUSE Leap 15.6) is past its end of life since 2026-04-30: flaws found later are not in its advisories',
        ],
      },
    },
  ],
};
