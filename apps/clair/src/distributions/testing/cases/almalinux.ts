import { zipArchive } from '@clair/testing';
import { COMPLETE, type DistributionCase } from '../distribution-case.ts';
import { osRelease } from '../os-release.ts';
import { osvMembers } from '../osv-record.ts';
import { type InstalledPackage, inventoryOf, rpmDatabase } from '../package-databases.ts';

const PACKAGES: readonly InstalledPackage[] = [
  { name: 'curl', version: '7.76.1-26.el9_3.2', arch: 'x86_64' },
  { name: 'libcurl', version: '7.76.1-26.el9_3.2', arch: 'i686', source: 'curl-7.76.1-26.el9_3.2' },
  { name: 'libcurl', version: '7.76.1-26.el9_3.2', arch: 'x86_64', source: 'curl-7.76.1-26.el9_3.2' },
  {
    name: 'nodejs',
    version: '1:18.19.0-1.module_el9.3.0+90+aaaaaaaa',
    arch: 'x86_64',
    module: 'nodejs:18:9030020240101:rhel9',
  },
  { name: 'openssl-libs', version: '1:3.0.7-24.el9', arch: 'x86_64', source: 'openssl-3.0.7-24.el9' },
  { name: 'python3', version: '3.9.18~rc1-1.el9', arch: 'x86_64', source: 'python3.9-3.9.18~rc1-1.el9' },
  {
    name: 'vim-minimal',
    version: '2:8.2.2637^20240101-20.el9',
    arch: 'x86_64',
    source: 'vim-8.2.2637^20240101-20.el9',
  },
];

const NINE = 'AlmaLinux:9';
const ERRATA = osvMembers([
  {
    id: 'ALSA-2024:0001',
    summary: 'Important: curl security update',
    affected: [
      [NINE, 'curl', '7.76.1-26.el9_3.3'],
      [NINE, 'libcurl', '7.76.1-26.el9_3.3'],
      ['AlmaLinux:8', 'libcurl', '9:9-9.el8'],
    ],
    cves: ['CVE-2024-4001', 'CVE-2024-4002'],
  },
  {
    id: 'ALSA-2024:0002',
    summary: 'Low: curl security update',
    affected: [[NINE, 'curl', '7.76.1-26.el9_3.2']],
    cves: ['CVE-2024-4003'],
  },
  {
    id: 'ALSA-2024:0003',
    summary: 'Low: curl security update',
    affected: [[NINE, 'curl', '7.76.1-9.el9']],
    cves: ['CVE-2024-4004'],
  },
  // Of another stream than the installed one, and of no module.
  {
    id: 'ALSA-2024:0004',
    summary: 'Important: nodejs:20 security update',
    affected: [[NINE, 'nodejs', '1:20.11.1-1.module_el9.3.0+99+bbbbbbbb']],
    cves: ['CVE-2024-4005'],
  },
  {
    id: 'ALSA-2024:0005',
    summary: 'Important: nodejs:18 security update',
    affected: [[NINE, 'nodejs', '1:18.19.1-1.module_el9.3.0+99+bbbbbbbb']],
    cves: ['CVE-2024-4006'],
  },
  {
    id: 'ALSA-2024:0006',
    summary: 'Moderate: nodejs security update',
    affected: [[NINE, 'nodejs', '1:99.0.0-1.el9']],
    cves: ['CVE-2024-4007'],
  },
  // Without its epoch the installed version would be older.
  {
    id: 'ALSA-2024:0007',
    summary: 'Moderate: openssl security update',
    affected: [[NINE, 'openssl-libs', '3.2.2-6.el9']],
    cves: ['CVE-2024-4008'],
  },
  {
    id: 'ALSA-2024:0008',
    summary: 'Moderate: openssl security update',
    affected: [[NINE, 'openssl-libs', '1:3.0.7-25.el9']],
    cves: ['CVE-2024-4009'],
  },
  // A source package's name, where the errata have binary packages.
  {
    id: 'ALSA-2024:0009',
    summary: 'Moderate: openssl security update',
    affected: [[NINE, 'openssl', '1:3.0.7-25.el9']],
    cves: ['CVE-2024-4010'],
  },
  // A tilde is older than its version, a caret newer.
  {
    id: 'ALSA-2024:0010',
    summary: 'Critical: python3.9 security update',
    affected: [[NINE, 'python3', '3.9.18-1.el9']],
    cves: ['CVE-2024-4011'],
  },
  {
    id: 'ALSA-2024:0011',
    summary: 'Critical: vim security update',
    affected: [[NINE, 'vim-minimal', '2:8.2.2637-21.el9']],
    cves: ['CVE-2024-4012'],
  },
  {
    id: 'ALSA-2024:0012',
    summary: 'Critical: vim security update',
    affected: [[NINE, 'vim-minimal', '2:8.2.2637.1-1.el9']],
    cves: ['CVE-2024-4013'],
  },
  // A bug fix without a flaw.
  { id: 'ALBA-2024:0013', summary: 'curl bug fix update', affected: [[NINE, 'curl', '7.76.1-29.el9']], cves: [] },
]);

export const almalinux: DistributionCase = {
  name: 'almalinux',
  feed: {
    id: 'almalinux',
    options: (url) => ({ url: `${url}/AlmaLinux/all.zip` }),
    documents: () => ({ '/AlmaLinux/all.zip': zipArchive(ERRATA) }),
  },
  images: [
    {
      name: 'almalinux 9',
      files: [
        osRelease({ ID: 'almalinux', VERSION_ID: '9.4', PRETTY_NAME: 'AlmaLinux 9.4 (Seafoam Ocelot)' }),
        rpmDatabase('sqlite', PACKAGES),
      ],
      packages: inventoryOf(PACKAGES),
      findings: [
        'curl.x86_64 7.76.1-26.el9_3.2: ALSA-2024:0001 affected, fixed, < 7.76.1-26.el9_3.3, High',
        'libcurl.i686 7.76.1-26.el9_3.2: ALSA-2024:0001 affected, fixed, < 7.76.1-26.el9_3.3, High',
        'libcurl.x86_64 7.76.1-26.el9_3.2: ALSA-2024:0001 affected, fixed, < 7.76.1-26.el9_3.3, High',
        'nodejs.x86_64 1:18.19.0-1.module_el9.3.0+90+aaaaaaaa: ALSA-2024:0005 affected, fixed, < 1:18.19.1-1.module_el9.3.0+99+bbbbbbbb, High',
        'openssl-libs.x86_64 1:3.0.7-24.el9: ALSA-2024:0008 affected, fixed, < 1:3.0.7-25.el9, Medium',
        'python3.x86_64 3.9.18~rc1-1.el9: ALSA-2024:0010 affected, fixed, < 3.9.18-1.el9, Critical',
        'vim-minimal.x86_64 2:8.2.2637^20240101-20.el9: ALSA-2024:0012 affected, fixed, < 2:8.2.2637.1-1.el9, Critical',
      ],
      coverage: COMPLETE,
    },
  ],
};
