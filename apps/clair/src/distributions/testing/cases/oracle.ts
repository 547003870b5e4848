import { COMPLETE, type DistributionCase } from '../distribution-case.ts';
import { osRelease } from '../os-release.ts';
import {
  all,
  any,
  earlier,
  type OvalCriteria,
  type OvalCriterion,
  type OvalDefinition,
  ovalDocument,
} from '../oval-document.ts';
import { type InstalledPackage, inventoryOf, rpmDatabase } from '../package-databases.ts';

const PACKAGES: readonly InstalledPackage[] = [
  {
    name: 'buildah',
    version: '2:1.33.7-1.module+el8.10.0+90+aaaaaaaa',
    arch: 'x86_64',
    module: 'container-tools:ol8:8100020240101:aaaaaaaa',
  },
  { name: 'glibc', version: '2.28-251.0.2.el8', arch: 'x86_64' },
  { name: 'glibc', version: '2.28-251.0.2.el8', arch: 'i686' },
  { name: 'libzstd', version: '1.4.4-1.0.1.el8', arch: 'x86_64', source: 'zstd-1.4.4-1.0.1.el8' },
  {
    name: 'openssl-libs',
    version: '2:1.1.1k-12.ksplice1.el8_9',
    arch: 'x86_64',
    source: 'openssl-1.1.1k-12.ksplice1.el8_9',
  },
  { name: 'python3-pip', version: '9.0.3-24.el8', arch: 'noarch', source: 'python-pip-9.0.3-24.el8' },
  { name: 'zlib', version: '1.2.11-17.el8', arch: 'x86_64' },
];
const OLD: readonly InstalledPackage[] = [{ name: 'zlib', version: '1.2.7-20.el7_9', arch: 'x86_64' }];

const release = (major: string): OvalCriterion => ({
  comment: `Oracle Linux ${major} is installed`,
  name: 'oraclelinux-release',
  state: `<version operation="pattern match">^${major}</version>`,
});
const machine = (arch: string): OvalCriterion => ({
  comment: `Oracle Linux arch is ${arch}`,
  name: 'oraclelinux-release',
  state: `<arch operation="pattern match">${arch}</arch>`,
});
const signed = (name: string): OvalCriterion => ({
  comment: `${name} is signed with the Oracle Linux 8 key`,
  name,
  state: '<signature_keyid operation="equals">82562ea9ad986da3</signature_keyid>',
});
const MODULE: OvalCriterion = {
  comment: 'Module container-tools:ol8 is enabled',
  name: 'container-tools',
  state: '<version operation="equals">1</version>',
};
const onX86 = (...of: readonly OvalCriteria[]): OvalCriteria =>
  all(release('8'), any(all(machine('x86_64'), any(...of))));

function elsa(number: string, severity: string, criteria: OvalCriteria): OvalDefinition {
  const cve = `CVE-2024-6${number}`;
  const metadata =
    `<title>\nELSA-2024-${number}:  a security update (${severity})\n</title>` +
    `<reference source="elsa" ref_id="ELSA-2024-${number}" ref_url="https://linux.oracle.com/errata/ELSA-2024-${number}.html"/>` +
    `<reference source="CVE" ref_id="${cve}" ref_url="https://linux.oracle.com/cve/${cve}.html"/>` +
    `<description>A flaw.</description><advisory><severity>${severity}</severity><rights>Copyright</rights>` +
    `<issued date="2024-05-31"/><cve href="https://linux.oracle.com/cve/${cve}.html">${cve}</cve></advisory>`;
  return { metadata, criteria };
}

const OF_2024 = ovalDocument({
  prefix: 'oval:com.oracle.elsa',
  class: 'patch',
  definitions: [
    elsa('001', 'IMPORTANT', onX86(all(earlier('zlib', '0:1.2.11-18.el8'), signed('zlib')))),
    elsa('002', 'LOW', onX86(all(earlier('zlib', '0:1.2.11-17.el8'), signed('zlib')))),
    elsa('003', 'LOW', all(release('9'), earlier('zlib', '0:1.2.11-40.el9'))),
    // A machine that is no x86_64.
    elsa('004', 'CRITICAL', all(release('8'), machine('aarch64'), earlier('zlib', '0:9-9.el8'))),
    // An x86_64 machine runs packages of i686, and of noarch.
    elsa('005', 'MODERATE', onX86(earlier('glibc', '0:2.28-251.0.3.el8'), earlier('python3-pip', '0:9.0.3-25.el8'))),
    // A build for Ksplice is newer than the installed package, and not about it.
    elsa('006', 'IMPORTANT', onX86(earlier('glibc', '2:2.28-260.0.1.ksplice1.el8'))),
    elsa('007', 'IMPORTANT', onX86(earlier('openssl-libs', '2:1.1.1k-14.ksplice1.el8_10'))),
    elsa('008', 'IMPORTANT', onX86(all(MODULE, earlier('buildah', '2:1.33.8-4.module+el8.10.0+99+bbbbbbbb')))),
    // The package outside any module.
    elsa('009', 'IMPORTANT', onX86(earlier('buildah', '9:9-9.el8'))),
    elsa('010', 'N/A', onX86(earlier('libzstd', '0:1.4.4-1.0.2.el8'))),
  ],
});
const OF_2023 = ovalDocument({
  prefix: 'oval:com.oracle.elsa',
  class: 'patch',
  definitions: [elsa('011', 'MODERATE', all(release('7'), earlier('zlib', '0:1.2.7-21.el7_9')))],
});

export const oracle: DistributionCase = {
  name: 'oracle',
  feed: {
    id: 'oracle',
    options: (url) => ({ url: `${url}/security/oval` }),
    // Two years; the others answer 404. Not compressed behind the names: the updater goes by the bytes.
    documents: () => ({
      '/security/oval/com.oracle.elsa-2023.xml.bz2': OF_2023,
      '/security/oval/com.oracle.elsa-2024.xml.bz2': OF_2024,
    }),
  },
  images: [
    {
      name: 'oracle 8',
      files: [
        osRelease({ ID: 'ol', VERSION_ID: '8.9', PRETTY_NAME: 'Oracle Linux Server 8.9' }),
        rpmDatabase('berkeley', PACKAGES),
      ],
      packages: inventoryOf(PACKAGES),
      findings: [
        'buildah.x86_64 2:1.33.7-1.module+el8.10.0+90+aaaaaaaa: ELSA-2024-008 affected, fixed, < 2:1.33.8-4.module+el8.10.0+99+bbbbbbbb, High',
        'glibc.i686 2.28-251.0.2.el8: ELSA-2024-005 affected, fixed, < 0:2.28-251.0.3.el8, Medium',
        'glibc.x86_64 2.28-251.0.2.el8: ELSA-2024-005 affected, fixed, < 0:2.28-251.0.3.el8, Medium',
        'libzstd.x86_64 1.4.4-1.0.1.el8: ELSA-2024-010 affected, fixed, < 0:1.4.4-1.0.2.el8, Unknown',
        'openssl-libs.x86_64 2:1.1.1k-12.ksplice1.el8_9: ELSA-2024-007 affected, fixed, < 2:1.1.1k-14.ksplice1.el8_10, High',
        'python3-pip.noarch 9.0.3-24.el8: ELSA-2024-005 affected, fixed, < 0:9.0.3-25.el8, Medium',
        'zlib.x86_64 1.2.11-17.el8: ELSA-2024-001 affected, fixed, < 0:1.2.11-18.el8, High',
      ],
      coverage: COMPLETE,
    },
    {
      name: 'oracle 7, past its premier support',
      files: [
        osRelease({ ID: 'ol', VERSION_ID: '7.9', PRETTY_NAME: 'Oracle Linux Server 7.9' }),
        rpmDatabase('berkeley', OLD),
      ],
      packages: inventoryOf(OLD),
      findings: ['zlib.x86_64 1.2.7-20.el7_9: ELSA-2024-011 affected, fixed, < 0:1.2.7-21.el7_9, Medium'],
      coverage: {
        verdict: 'partial',
        reasons: [
          'ol:7 (Oracle Linux 7) is past its end of life since 2024-12-31: flaws found later may not be in its advisories (Extended Support brings some fixes for longer)',
        ],
      },
    },
  ],
};
