import { COMPLETE, type DistributionCase } from '../distribution-case.ts';
import { microsoftOval } from '../microsoft-oval.ts';
import { osRelease } from '../os-release.ts';
import { type InstalledPackage, inventoryOf, rpmDatabase } from '../package-databases.ts';

const PACKAGES: readonly InstalledPackage[] = [
  { name: 'curl', version: '8.8.0-2.azl3', arch: 'x86_64' },
  { name: 'curl-libs', version: '8.8.0-2.azl3', arch: 'x86_64', source: 'curl-8.8.0-2.azl3' },
  { name: 'libgcc', version: '13.2.0-7.azl3', arch: 'x86_64', source: 'gcc-13.2.0-7.azl3' },
  { name: 'openssl-libs', version: '3.3.0-2.azl3', arch: 'x86_64', source: 'openssl-3.3.0-2.azl3' },
  { name: 'zlib', version: '1.3.1-1.azl3', arch: 'x86_64' },
];

const DOCUMENT = microsoftOval('oval:com.microsoft.azurelinux', [
  { cve: 'CVE-2024-9001', name: 'curl', evr: '0:8.8.0-3.azl3', patchable: 'true', severity: 'High' },
  { cve: 'CVE-2024-9002', name: 'curl', evr: '0:8.8.0-2.azl3', patchable: 'true', severity: 'High' },
  { cve: 'CVE-2024-9003', name: 'curl', evr: '0:8.8.0-1.azl3', patchable: 'true', severity: 'High' },
  // No package of that name is installed, but one of that source.
  {
    cve: 'CVE-2024-9004',
    name: 'gcc',
    evr: '0:13.2.0-7.azl3',
    operation: 'less than or equal',
    patchable: 'false',
    severity: 'Medium',
  },
  { cve: 'CVE-2024-9005', name: 'openssl', evr: '0:99.0-1.azl3', patchable: 'Not Applicable', severity: 'Critical' },
  // A binary package's name, where the document has source packages.
  { cve: 'CVE-2024-9006', name: 'openssl-libs', evr: '0:99.0-1.azl3', patchable: 'true', severity: 'Critical' },
  {
    cve: 'CVE-2024-9007',
    name: 'zlib',
    evr: '0:1.3.1-1.azl3',
    operation: 'less than or equal',
    patchable: 'true',
    severity: 'Low',
  },
  {
    cve: 'CVE-2024-9008',
    name: 'zlib',
    evr: '0:1.3.0-9.azl3',
    operation: 'less than or equal',
    patchable: 'true',
    severity: 'Low',
  },
]);

export const azurelinux: DistributionCase = {
  name: 'azurelinux',
  feed: {
    id: 'azure-linux',
    options: (url) => ({ url: `${url}/main` }),
    documents: () => ({ '/main/azurelinux-3.0-oval.xml': DOCUMENT }),
  },
  images: [
    {
      name: 'azurelinux 3.0',
      files: [
        osRelease({ ID: 'azurelinux', VERSION_ID: '3.0', PRETTY_NAME: 'Microsoft Azure Linux 3.0' }),
        rpmDatabase('sqlite', PACKAGES),
      ],
      packages: inventoryOf(PACKAGES),
      findings: [
        'curl-libs.x86_64 8.8.0-2.azl3: CVE-2024-9001 affected, fixed, < 0:8.8.0-3.azl3, High',
        'curl.x86_64 8.8.0-2.azl3: CVE-2024-9001 affected, fixed, < 0:8.8.0-3.azl3, High',
        'libgcc.x86_64 13.2.0-7.azl3: CVE-2024-9004 affected, not-fixed, Medium',
        'zlib.x86_64 1.3.1-1.azl3: CVE-2024-9007 affected, fixed, Low',
      ],
      coverage: COMPLETE,
    },
  ],
};
