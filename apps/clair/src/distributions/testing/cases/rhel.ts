import { zstdCompressSync } from 'node:zlib';
import { buildTar, type TarEntry } from '@clair/testing';
import { COMPLETE, type DistributionCase } from '../distribution-case.ts';
import { osRelease } from '../os-release.ts';
import { type InstalledPackage, inventoryOf, rpmDatabase } from '../package-databases.ts';
import { type VexFlaw, type VexStatement, vexDocument } from '../vex-document.ts';

const UBI: readonly InstalledPackage[] = [
  { name: 'curl-minimal', version: '7.76.1-26.el9_3.2', arch: 'x86_64', source: 'curl-7.76.1-26.el9_3.2' },
  { name: 'glibc', version: '2.34-100.el9', arch: 'x86_64' },
  { name: 'glibc', version: '2.34-100.el9', arch: 'i686' },
  { name: 'less', version: '590-3.el9', arch: 'x86_64' },
  {
    name: 'nodejs',
    version: '1:18.19.0-1.module+el9.4.0+90+aaaaaaaa',
    arch: 'x86_64',
    module: 'nodejs:18:9040020240101:rhel9',
  },
  { name: 'openssl-libs', version: '1:3.0.7-25.el9_3', arch: 'x86_64', source: 'openssl-3.0.7-25.el9_3' },
  { name: 'python3-libs', version: '3.9.18-1.el9_3', arch: 'x86_64', source: 'python3.9-3.9.18-1.el9_3' },
];
const EUS: readonly InstalledPackage[] = [
  { name: 'curl-minimal', version: '7.76.1-23.el9_2.1', arch: 'x86_64', source: 'curl-7.76.1-23.el9_2.1' },
  { name: 'openssl-libs', version: '1:3.0.7-18.el9_2', arch: 'x86_64', source: 'openssl-3.0.7-18.el9_2' },
];
const OLD: readonly InstalledPackage[] = [{ name: 'curl', version: '7.29.0-59.el7_9.1', arch: 'x86_64' }];

const rpm = (nevra: string): string => {
  const [, name, epoch, version, arch] = /^(.+)-(?:(\d+):)?([^-:]+-[^-]+)\.([^.]+)$/.exec(nevra) ?? [];
  const encoded = version?.replaceAll('+', '%2B');
  return `pkg:rpm/redhat/${name}@${encoded}?arch=${arch}${epoch === undefined ? '' : `&epoch=${epoch}`}`;
};
const BASE = 'BaseOS-9.4.0.Z.MAIN.EUS';
const fixed = (product: VexStatement['product'], nevra: string, remedy: string): VexStatement => ({
  product,
  purl: rpm(nevra),
  status: 'fixed',
  remedy,
});
const module = (nevra: string, stream: string): VexStatement => ({
  product: 'AppStream-9.4.0.Z.MAIN.EUS',
  purl: `${rpm(nevra)}&rpmmod=nodejs:${stream}:9040020240301:rhel9`,
  status: 'fixed',
  remedy: 'RHSA-2024:9',
});
const unfixed = (name: string, status: VexStatement['status'], remedy?: string): VexStatement => ({
  product: 'red_hat_enterprise_linux_9',
  purl: `pkg:rpm/redhat/${name}?arch=src`,
  status,
  ...(remedy !== undefined && { remedy }),
});

const FLAWS: readonly VexFlaw[] = [
  {
    // The main stream and EUS have fixes of their own.
    cve: 'CVE-2024-12001',
    severity: 'Moderate',
    statements: [
      fixed(BASE, 'curl-minimal-7.76.1-29.el9_4.x86_64', 'RHSA-2024:1'),
      fixed(BASE, 'curl-minimal-7.76.1-29.el9_4.aarch64', 'RHSA-2024:1'),
      fixed(BASE, 'curl-7.76.1-29.el9_4.src', 'RHSA-2024:1'),
      { ...fixed('BaseOS-9.2.0.Z.EUS', 'curl-minimal-7.76.1-23.el9_2.4.x86_64', 'RHSA-2024:2'), impact: 'Important' },
      { ...unfixed('curl', 'known_affected', 'Out of support scope'), product: 'red_hat_enterprise_linux_7' },
    ],
  },
  {
    // Fixed in the main stream only: EUS images are of another product.
    cve: 'CVE-2024-12002',
    severity: 'Important',
    statements: [fixed(BASE, 'openssl-libs-1:3.0.7-27.el9.x86_64', 'RHSA-2024:3')],
  },
  {
    // Fixed in EUS only.
    cve: 'CVE-2024-12003',
    severity: 'Important',
    statements: [fixed('BaseOS-9.2.0.Z.EUS', 'openssl-libs-1:3.0.7-99.el9_2.x86_64', 'RHSA-2024:4')],
  },
  {
    cve: 'CVE-2024-12004',
    severity: 'Low',
    statements: [fixed(BASE, 'openssl-libs-1:3.0.7-25.el9_3.x86_64', 'RHSA-2024:5')],
  },
  // Without its epoch the installed version would be older.
  {
    cve: 'CVE-2024-12005',
    severity: 'Low',
    statements: [fixed(BASE, 'openssl-libs-3.9.0-1.el9.x86_64', 'RHSA-2024:6')],
  },
  // Each architecture was fixed in a build of its own.
  {
    cve: 'CVE-2024-12006',
    severity: 'Critical',
    statements: [
      fixed(BASE, 'glibc-2.34-100.el9.x86_64', 'RHSA-2024:7'),
      fixed(BASE, 'glibc-2.34-100.el9_4.2.i686', 'RHSA-2024:7'),
    ],
  },
  { cve: 'CVE-2024-12007', severity: 'Low', statements: [unfixed('python3.9', 'known_affected', 'Will not fix')] },
  { cve: 'CVE-2024-12008', severity: 'Moderate', statements: [unfixed('python3.9', 'under_investigation')] },
  { cve: 'CVE-2024-12009', severity: 'Moderate', statements: [unfixed('python3.9', 'known_not_affected')] },
  { cve: 'CVE-2024-12010', severity: 'Moderate', statements: [unfixed('less', 'known_affected', 'Fix deferred')] },
  { cve: 'CVE-2024-12011', severity: 'Moderate', statements: [unfixed('less', 'known_affected', 'Affected')] },
  {
    cve: 'CVE-2024-12012',
    severity: 'Important',
    statements: [
      module('nodejs-1:18.19.1-1.module+el9.4.0+99+bbbbbbbb.x86_64', '18'),
      module('nodejs-1:20.11.1-1.module+el9.4.0+98+cccccccc.x86_64', '20'),
    ],
  },
  // Of another release.
  {
    cve: 'CVE-2024-12013',
    severity: 'Critical',
    statements: [fixed('AppStream-8.10.0.Z.MAIN.EUS', 'less-9:9-9.el8.x86_64', 'RHSA-2024:10')],
  },
];

const FOLDER = '/data/csaf/v2/vex/';
const pathOf = (cve: string): string => `2024/${cve.toLowerCase()}.json`;
const documents = FLAWS.map((flaw) => ({ path: pathOf(flaw.cve), content: vexDocument(flaw) }));
const changes = FLAWS.map(({ cve }) => `"${pathOf(cve)}","2024-05-01T00:00:00+00:00"\n`).join('');

/** What Red Hat publishes a month later, and what of the findings in `rhel 9 (UBI)` it changes. */
export const RHEL_A_MONTH_LATER = {
  documents: {
    [`${FOLDER}${pathOf('CVE-2024-12011')}`]: vexDocument({
      cve: 'CVE-2024-12011',
      severity: 'Important',
      statements: [fixed(BASE, 'less-590-4.el9_4.x86_64', 'RHSA-2024:11')],
    }),
    [`${FOLDER}changes.csv`]: `"${pathOf('CVE-2024-12011')}","2024-06-02T00:00:00+00:00"\n${changes}`,
    [`${FOLDER}deletions.csv`]: `"${pathOf('CVE-2024-12002')}","2024-06-03T00:00:00+00:00"\n`,
  },
  gone: [
    'less.x86_64 590-3.el9: CVE-2024-12011 affected, not-fixed, Medium',
    'openssl-libs.x86_64 1:3.0.7-25.el9_3: CVE-2024-12002 affected, fixed, < 1:3.0.7-27.el9, High',
  ],
  come: ['less.x86_64 590-3.el9: CVE-2024-12011 affected, fixed, < 590-4.el9_4, High'],
};

const MAPPING = {
  data: {
    'rhel-9-for-x86_64-baseos-rpms': { cpes: ['cpe:/o:redhat:enterprise_linux:9::baseos'] },
    'rhel-9-for-x86_64-appstream-rpms': { cpes: ['cpe:/a:redhat:enterprise_linux:9::appstream'] },
    'rhel-9-for-x86_64-baseos-eus-rpms': { cpes: ['cpe:/o:redhat:rhel_eus:9.2::baseos'] },
    'rhel-7-server-rpms': { cpes: ['cpe:/o:redhat:enterprise_linux:7::server'] },
  },
};
const contentManifest = (...content_sets: readonly string[]): TarEntry => ({
  path: 'root/buildinfo/content_manifests/ubi9-container-9.4-1.json',
  content: JSON.stringify({ metadata: { icm_version: 1 }, from_dnf_hint: true, content_sets, image_contents: [] }),
});

export const rhel: DistributionCase = {
  name: 'rhel',
  feed: {
    id: 'rhel-vex',
    options: (url) => ({ url: `${url}/data/csaf/v2/vex/` }),
    documents: () => ({
      [`${FOLDER}archive_latest.txt`]: 'csaf_vex_2024-06-01.tar.zst\n',
      [`${FOLDER}csaf_vex_2024-06-01.tar.zst`]: zstdCompressSync(buildTar(documents)),
      ...Object.fromEntries(documents.map(({ path, content }) => [`${FOLDER}${path}`, content])),
      [`${FOLDER}changes.csv`]: changes,
      [`${FOLDER}deletions.csv`]: '',
      '/repository-to-cpe.json': JSON.stringify(MAPPING),
    }),
  },
  images: [
    {
      name: 'rhel 9 (UBI)',
      files: [
        osRelease({ ID: 'rhel', VERSION_ID: '9.4', PRETTY_NAME: 'Red Hat Enterprise Linux 9.4 (Plow)' }),
        contentManifest('rhel-9-for-x86_64-baseos-rpms', 'rhel-9-for-x86_64-appstream-rpms'),
        rpmDatabase('sqlite', UBI),
      ],
      packages: inventoryOf(UBI),
      findings: [
        'curl-minimal.x86_64 7.76.1-26.el9_3.2: CVE-2024-12001 affected, fixed, < 7.76.1-29.el9_4, Medium',
        'glibc.i686 2.34-100.el9: CVE-2024-12006 affected, fixed, < 2.34-100.el9_4.2, Critical',
        'less.x86_64 590-3.el9: CVE-2024-12010 affected, deferred, Medium',
        'less.x86_64 590-3.el9: CVE-2024-12011 affected, not-fixed, Medium',
        'nodejs.x86_64 1:18.19.0-1.module+el9.4.0+90+aaaaaaaa: CVE-2024-12012 affected, fixed, < 1:18.19.1-1.module+el9.4.0+99+bbbbbbbb, High',
        'openssl-libs.x86_64 1:3.0.7-25.el9_3: CVE-2024-12002 affected, fixed, < 1:3.0.7-27.el9, High',
        'python3-libs.x86_64 3.9.18-1.el9_3: CVE-2024-12007 affected, will-not-fix, Low',
        'python3-libs.x86_64 3.9.18-1.el9_3: CVE-2024-12008 undecidable, unknown, Medium',
      ],
      coverage: COMPLETE,
    },
    {
      name: 'rhel 9.2 EUS',
      files: [
        osRelease({ ID: 'rhel', VERSION_ID: '9.2', PRETTY_NAME: 'Red Hat Enterprise Linux 9.2 (Plow)' }),
        contentManifest('rhel-9-for-x86_64-baseos-eus-rpms'),
        rpmDatabase('sqlite', EUS),
      ],
      packages: inventoryOf(EUS),
      findings: [
        'curl-minimal.x86_64 7.76.1-23.el9_2.1: CVE-2024-12001 affected, fixed, < 7.76.1-23.el9_2.4, High',
        'openssl-libs.x86_64 1:3.0.7-18.el9_2: CVE-2024-12003 affected, fixed, < 1:3.0.7-99.el9_2, High',
      ],
      coverage: COMPLETE,
    },
    {
      name: 'rhel 7, past its end of life',
      files: [
        osRelease({ ID: 'rhel', VERSION_ID: '7.9', PRETTY_NAME: 'Red Hat Enterprise Linux Server 7.9 (Maipo)' }),
        contentManifest('rhel-7-server-rpms'),
        rpmDatabase('berkeley', OLD),
      ],
      packages: inventoryOf(OLD),
      findings: ['curl.x86_64 7.29.0-59.el7_9.1: CVE-2024-12001 affected, out-of-support, Medium'],
      coverage: {
        verdict: 'partial',
        reasons: [
          'rhel:7 (Red Hat Enterprise Linux 7) is past its end of life since 2024-06-30: flaws found later may not be in its advisories (Extended Life Cycle Support brings some fixes for longer)',
        ],
      },
    },
  ],
};
