import { gzipSync } from 'node:zlib';
import { COMPLETE, type DistributionCase } from '../distribution-case.ts';
import { osRelease } from '../os-release.ts';
import { any } from '../oval-document.ts';
import { type InstalledPackage, inventoryOf, rpmDatabase } from '../package-databases.ts';
import { fixedIn, inProducts, installed, isAffected, isNotAffected, suseOval } from '../suse-oval.ts';

const PACKAGES: readonly InstalledPackage[] = [
  { name: 'diffutils', version: '3.6-4.3.1', arch: 'x86_64' },
  { name: 'krb5', version: '1.20.1-150600.11.3.1', arch: 'x86_64' },
  { name: 'libopenssl3', version: '3.1.4-150600.5.7.1', arch: 'x86_64', source: 'openssl-3-3.1.4-150600.5.7.1' },
  { name: 'libzypp', version: '17.35.8-150600.3.19.2', arch: 's390x' },
  { name: 'sles-release', version: '15.7-150700.65.1', arch: 'x86_64' },
];
const OLD: readonly InstalledPackage[] = [{ name: 'krb5', version: '1.19.2-150400.1.9', arch: 'x86_64' }];

const SERVER_7 = installed('SUSE Linux Enterprise Server 15 SP7', 'sles-release', '15.7');
const BASESYSTEM_7 = installed(
  'SUSE Linux Enterprise Module for Basesystem 15 SP7',
  'sle-module-basesystem-release',
  '15.7',
);
const LTSS_4 = installed('SUSE Linux Enterprise Server 15 SP4-LTSS', 'sles-ltss-release', '15.4');

const AFFECTED = suseOval([
  {
    cve: 'CVE-2024-7001',
    severity: 'Important',
    criteria: any(
      // Two products of one service pack: found once.
      inProducts([SERVER_7, BASESYSTEM_7], [fixedIn('krb5', '0:1.20.1-150600.11.6.1')]),
      inProducts([LTSS_4], [fixedIn('krb5', '0:1.19.2-150400.3.9.1')]),
    ),
  },
  {
    cve: 'CVE-2024-7002',
    severity: 'Moderate',
    criteria: inProducts([SERVER_7], [fixedIn('krb5', '0:1.20.1-150600.11.3.1')]),
  },
  {
    cve: 'CVE-2024-7003',
    severity: 'Moderate',
    criteria: inProducts([SERVER_7], [fixedIn('krb5', '0:1.20.1-150600.9.1')]),
  },
  { cve: 'CVE-2024-7004', severity: 'Low', criteria: inProducts([BASESYSTEM_7], [isAffected('diffutils')]) },
  { cve: 'CVE-2024-7005', severity: 'Critical', criteria: inProducts([SERVER_7], [isNotAffected('libopenssl3')]) },
  // Another service pack, whose package would be affected.
  { cve: 'CVE-2024-7006', severity: 'Critical', criteria: inProducts([LTSS_4], [isAffected('libopenssl3')]) },
  // Another architecture: the document is about aarch64 and x86_64.
  { cve: 'CVE-2024-7007', severity: 'Critical', criteria: inProducts([SERVER_7], [fixedIn('libzypp', '0:99-1')]) },
  // A source package's name, where the document has binary packages.
  { cve: 'CVE-2024-7008', severity: 'Critical', criteria: inProducts([SERVER_7], [isAffected('openssl-3')]) },
]);

export const sles: DistributionCase = {
  name: 'sles',
  feed: {
    id: 'suse',
    options: (url) => ({ url: `${url}/oval/` }),
    documents: () => ({
      '/oval/suse.linux.enterprise.server.15-affected.xml.gz': gzipSync(AFFECTED),
      // Not taken: by bulletin, and a part of the former.
      '/oval/suse.linux.enterprise.server.15-patch.xml.gz': gzipSync('<html/>'),
      '/oval/suse.linux.enterprise.server.15.xml.gz': gzipSync('<html/>'),
    }),
  },
  images: [
    {
      name: 'sles 15.7',
      files: [
        osRelease({ ID: 'sles', VERSION_ID: '15.7', PRETTY_NAME: 'SUSE Linux Enterprise Server 15 SP7' }),
        rpmDatabase('ndb', PACKAGES),
      ],
      packages: inventoryOf(PACKAGES),
      findings: [
        'diffutils.x86_64 3.6-4.3.1: CVE-2024-7004 affected, not-fixed, Low',
        'krb5.x86_64 1.20.1-150600.11.3.1: CVE-2024-7001 affected, fixed, < 0:1.20.1-150600.11.6.1, High',
      ],
      coverage: COMPLETE,
    },
    {
      name: 'sles 15.4, past its general support',
      files: [
        osRelease({ ID: 'sles', VERSION_ID: '15.4', PRETTY_NAME: 'SUSE Linux Enterprise Server 15 SP4' }),
        rpmDatabase('ndb', OLD),
      ],
      packages: inventoryOf(OLD),
      findings: ['krb5.x86_64 1.19.2-150400.1.9: CVE-2024-7001 affected, fixed, < 0:1.19.2-150400.3.9.1, High'],
      coverage: {
        verdict: 'partial',
        reasons: [
          'sles:15.4 (SUSE Linux Enterprise 15.4) is past its end of life since 2023-12-31: flaws found later may not be in its advisories (Long Term Service Pack Support brings fixes for longer)',
        ],
      },
    },
  ],
};
