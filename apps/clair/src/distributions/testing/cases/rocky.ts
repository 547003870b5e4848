import { zipArchive } from '@clair/testing';
import { COMPLETE, type DistributionCase } from '../distribution-case.ts';
import { osRelease } from '../os-release.ts';
import { osvMembers } from '../osv-record.ts';
import { type InstalledPackage, inventoryOf, rpmDatabase } from '../package-databases.ts';

const PACKAGES: readonly InstalledPackage[] = [
  {
    name: 'grub2-common',
    version: '1:2.02-150.el8_10.rocky.0.1',
    arch: 'noarch',
    source: 'grub2-2.02-150.el8_10.rocky.0.1',
  },
  { name: 'kernel-core', version: '4.18.0-553.16.1.el8_10', arch: 'x86_64', source: 'kernel-4.18.0-553.16.1.el8_10' },
  { name: 'less', version: '530-2.el8_9', arch: 'x86_64' },
  { name: 'openssl-libs', version: '1:1.1.1k-12.el8_9', arch: 'x86_64', source: 'openssl-1.1.1k-12.el8_9' },
  {
    name: 'ruby-libs',
    version: '3.1.4-142.module+el8.9.0+1746+aaaaaaaa',
    arch: 'x86_64',
    source: 'ruby-3.1.4-142.module+el8.9.0+1746+aaaaaaaa',
    module: 'ruby:3.1:8090020240101:aaaaaaaa',
  },
];

const EIGHT = 'Rocky Linux:8';
const ERRATA = osvMembers([
  {
    id: 'RLSA-2024:0001',
    summary: 'Important: openssl security update',
    affected: [
      ['Rocky Linux:9', 'openssl', '1:3.0.7-28.el9_4'],
      [EIGHT, 'openssl', '1:1.1.1k-14.el8_10'],
    ],
    cves: ['CVE-2024-5001'],
  },
  {
    id: 'RLSA-2024:0002',
    summary: 'Moderate: openssl security update',
    affected: [[EIGHT, 'openssl', '1:1.1.1k-12.el8_9']],
    cves: ['CVE-2024-5002'],
  },
  {
    id: 'RLSA-2024:0003',
    summary: 'Low: less security update',
    affected: [[EIGHT, 'less', '0:530-3.el8_10']],
    cves: ['CVE-2024-5003'],
  },
  {
    id: 'RLSA-2024:0004',
    summary: 'Moderate: ruby:3.3 security update',
    affected: [[EIGHT, 'ruby', '0:3.3.5-3.module+el8.10.0+1+bbbbbbbb']],
    cves: ['CVE-2024-5004'],
  },
  {
    id: 'RLSA-2024:0005',
    summary: 'Moderate: ruby:3.1 security update',
    affected: [[EIGHT, 'ruby', '0:3.1.5-143.module+el8.10.0+1+bbbbbbbb']],
    cves: ['CVE-2024-5005'],
  },
  {
    id: 'RLSA-2024:0006',
    summary: 'Important: kernel security update',
    affected: [[EIGHT, 'kernel', '0:4.18.0-553.16.1.el8_10']],
    cves: ['CVE-2024-5006'],
  },
  // Without its epoch the installed version would be older.
  {
    id: 'RLSA-2024:0007',
    summary: 'Important: grub2 security update',
    affected: [[EIGHT, 'grub2', '0:2.06-1.el8']],
    cves: ['CVE-2024-5007'],
  },
]);

export const rocky: DistributionCase = {
  name: 'rocky',
  feed: {
    id: 'rocky',
    options: (url) => ({ url: `${url}/all.zip` }),
    documents: () => ({ '/all.zip': zipArchive(ERRATA) }),
  },
  images: [
    {
      name: 'rocky 8',
      files: [
        osRelease({ ID: 'rocky', VERSION_ID: '8.9', PRETTY_NAME: 'Rocky Linux 8.9 (Green Obsidian)' }),
        rpmDatabase('berkeley', PACKAGES),
      ],
      packages: inventoryOf(PACKAGES),
      findings: [
        'less.x86_64 530-2.el8_9: RLSA-2024:0003 affected, fixed, < 0:530-3.el8_10, Low',
        'openssl-libs.x86_64 1:1.1.1k-12.el8_9: RLSA-2024:0001 affected, fixed, < 1:1.1.1k-14.el8_10, High',
        'ruby-libs.x86_64 3.1.4-142.module+el8.9.0+1746+aaaaaaaa: RLSA-2024:0005 affected, fixed, < 0:3.1.5-143.module+el8.10.0+1+bbbbbbbb, Medium',
      ],
      coverage: COMPLETE,
    },
  ],
};
