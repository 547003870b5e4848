import { zipArchive } from '@clair/testing';
import { COMPLETE, type DistributionCase } from '../distribution-case.ts';
import { osRelease } from '../os-release.ts';
import { dpkgStatus, type InstalledPackage, inventoryOf } from '../package-databases.ts';

const PACKAGES: readonly InstalledPackage[] = [
  { name: 'gcc-13-base', version: '13.2.0-23ubuntu4', arch: 'amd64', source: 'gcc-13' },
  { name: 'libnetty-java', version: '1:4.1.48-9', arch: 'all', source: 'netty' },
  { name: 'linux-modules-6.8.0-31-generic', version: '6.8.0-31.31', arch: 'amd64', source: 'linux' },
  { name: 'openssh-client', version: '1:9.6p1-3ubuntu13', arch: 'amd64', source: 'openssh' },
  { name: 'perl-base', version: '5.38.2-3.2build2', arch: 'amd64', source: 'perl' },
  { name: 'zlib1g', version: '1:1.3.dfsg-3.1ubuntu2', arch: 'amd64', source: 'zlib' },
];
const OLD: readonly InstalledPackage[] = [
  { name: 'zlib1g', version: '1:1.2.11.dfsg-2ubuntu1', arch: 'amd64', source: 'zlib' },
];
/** Of Ubuntu Pro's FIPS archives: their versions sort after every fix of the release. */
const FIPS: readonly InstalledPackage[] = [
  { name: 'libgcrypt20', version: '1.8.5-5ubuntu1.fips.1', arch: 'amd64', source: 'libgcrypt20' },
  { name: 'libssl1.1', version: '1.1.1f-1ubuntu2.fips.18', arch: 'amd64', source: 'openssl' },
];

interface Flaw {
  readonly id: string;
  readonly severity: string;
  /** In Canonical's words, which are where the document has the status. */
  readonly comments: readonly string[];
}

const fixed = (source: string, version: string, pocket = 'noble') =>
  `${source} source package in ${pocket}, is affected and has been fixed (note: '${version}').`;

const NOBLE: readonly Flaw[] = [
  { id: 'CVE-2024-2001', severity: 'High', comments: [fixed('openssh', '1:9.6p1-3ubuntu13.3')] },
  { id: 'CVE-2024-2002', severity: 'High', comments: [fixed('openssh', '1:9.6p1-3ubuntu13')] },
  { id: 'CVE-2024-2003', severity: 'Low', comments: [fixed('openssh', '1:9.6p1-3ubuntu2')] },
  // Without its epoch the installed version would be older.
  { id: 'CVE-2024-2004', severity: 'Low', comments: [fixed('zlib', '2.0-1')] },
  // Fixed for subscribers of Ubuntu Pro only.
  {
    id: 'CVE-2024-2005',
    severity: 'Medium',
    comments: [
      'netty source package in noble, is affected and needs fixing.',
      fixed('netty', '1:4.1.48-9ubuntu0.1~esm1', 'esm-apps/noble'),
    ],
  },
  {
    id: 'CVE-2024-2006',
    severity: 'Negligible',
    comments: ['perl source package in noble, might be affected and may need fixing.'],
  },
  {
    id: 'CVE-2024-2007',
    severity: 'Low',
    comments: ['perl source package in noble, while related to the CVE in some way, is not affected.'],
  },
  {
    id: 'CVE-2024-2008',
    severity: 'Low',
    comments: [
      "gcc-13 source package in noble, while related to the CVE in some way, a decision has been made to ignore this issue (note: 'not worth it').",
    ],
  },
  { id: 'CVE-2024-2009', severity: 'Critical', comments: ["Is kernel 'linux' running?"] },
  // A binary package's name, where the document has source packages.
  {
    id: 'CVE-2024-2010',
    severity: 'High',
    comments: ['perl-base source package in noble, is affected and needs fixing.'],
  },
];
const FOCAL: readonly Flaw[] = [
  // Of the release's openssl, not of a FIPS build.
  {
    id: 'CVE-2024-2012',
    severity: 'High',
    comments: ['openssl source package in focal, is affected and needs fixing.'],
  },
  { id: 'CVE-2024-2011', severity: 'Medium', comments: [fixed('zlib', '1:1.2.11.dfsg-2ubuntu1.5', 'focal')] },
];

function oval(codename: string, flaws: readonly Flaw[]): string {
  const prefix = `oval:com.ubuntu.${codename}`;
  const definitions = flaws.map(
    ({ id, severity, comments }, index) =>
      `<definition class="vulnerability" id="${prefix}:def:24040${index + 1}0000" version="1"><metadata>` +
      `<title>${id} on Ubuntu (${codename}) - ${severity.toLowerCase()}</title>` +
      `<reference source="CVE" ref_id="${id}" ref_url="https://www.cve.org/CVERecord?id=${id}"/><description>A flaw.</description>` +
      `<advisory from="security@ubuntu.com"><severity>${severity}</severity><public_date>2024-07-01 08:37:00 UTC</public_date></advisory>` +
      `</metadata><criteria><criteria operator="OR">${comments
        .map((comment, at) => `<criterion test_ref="${prefix}:tst:${index * 10 + at}" comment="${comment}"/>`)
        .join('')}</criteria></criteria></definition>\n`,
  );
  return (
    '<?xml version="1.0" encoding="utf-8"?>\n<oval_definitions xmlns="http://oval.mitre.org/XMLSchema/oval-definitions-5">\n' +
    `<definitions>\n${definitions.join('')}</definitions>\n<tests/>\n</oval_definitions>\n`
  );
}

/** Canonical's record of a flaw in openssl: by archive, the version of the fix, or none. */
function osvRecord(cve: string, fixes: Readonly<Record<string, string>>): string {
  return JSON.stringify({
    schema_version: '1.7.0',
    id: `UBUNTU-${cve}`,
    details: 'A flaw.',
    upstream: [cve],
    severity: [{ type: 'Ubuntu', score: 'medium' }],
    published: '2024-07-01T08:37:00Z',
    modified: '2024-07-02T08:37:00Z',
    affected: Object.entries(fixes).map(([archive, fixed]) => ({
      package: { ecosystem: `Ubuntu:${archive}20.04:LTS`, name: 'openssl' },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, ...(fixed === '' ? [] : [{ fixed }])] }],
    })),
  });
}

const OSV = {
  'UBUNTU-CVE-2024-2013.json': osvRecord('CVE-2024-2013', {
    '': '1.1.1f-1ubuntu2.20',
    'Pro:FIPS:': '',
    'Pro:FIPS-updates:': '1.1.1f-1ubuntu2.fips.19',
  }),
  // Fixed before.
  'UBUNTU-CVE-2024-2014.json': osvRecord('CVE-2024-2014', { 'Pro:FIPS-updates:': '1.1.1f-1ubuntu2.fips.18' }),
  'UBUNTU-CVE-2024-2015.json': osvRecord('CVE-2024-2015', { 'Pro:FIPS:': '', 'Pro:FIPS-updates:': '' }),
  // Of the release alone.
  'UBUNTU-CVE-2024-2016.json': osvRecord('CVE-2024-2016', { '': '' }),
};

const SERIES = {
  total_size: 3,
  entries: [
    { name: 'noble', version: '24.04', status: 'Supported' },
    { name: 'focal', version: '20.04', status: 'Supported' },
    // Not published: its document is not there.
    { name: 'eoan', version: '19.10', status: 'Obsolete' },
  ],
};

export const ubuntu: DistributionCase = {
  name: 'ubuntu',
  feed: {
    id: 'ubuntu',
    options: (url) => ({ url: `${url}/1.0/ubuntu/series`, oval_url: `${url}/oval/`, fips_url: `${url}/osv/all.zip` }),
    // Not compressed behind the names: the updater goes by the bytes.
    documents: () => ({
      '/1.0/ubuntu/series': JSON.stringify(SERIES),
      '/oval/com.ubuntu.noble.cve.oval.xml.bz2': oval('noble', NOBLE),
      '/oval/com.ubuntu.focal.cve.oval.xml.bz2': oval('focal', FOCAL),
      '/osv/all.zip': zipArchive(OSV),
    }),
  },
  images: [
    {
      name: 'ubuntu 24.04',
      files: [
        osRelease({ ID: 'ubuntu', VERSION_ID: '24.04', VERSION_CODENAME: 'noble', PRETTY_NAME: 'Ubuntu 24.04 LTS' }),
        dpkgStatus(PACKAGES),
      ],
      packages: inventoryOf(PACKAGES),
      findings: [
        'gcc-13-base.amd64 13.2.0-23ubuntu4: CVE-2024-2008 affected, will-not-fix, Low',
        'libnetty-java.all 1:4.1.48-9: CVE-2024-2005 affected, not-fixed, Medium',
        'linux-modules-6.8.0-31-generic.amd64 6.8.0-31.31: CVE-2024-2009 affected, unknown, Critical',
        'openssh-client.amd64 1:9.6p1-3ubuntu13: CVE-2024-2001 affected, fixed, < 1:9.6p1-3ubuntu13.3, High',
        'perl-base.amd64 5.38.2-3.2build2: CVE-2024-2006 affected, unknown, Negligible',
      ],
      coverage: COMPLETE,
    },
    {
      name: 'ubuntu 20.04, past its standard support',
      files: [
        osRelease({ ID: 'ubuntu', VERSION_ID: '20.04', VERSION_CODENAME: 'focal', PRETTY_NAME: 'Ubuntu 20.04 LTS' }),
        dpkgStatus(OLD),
      ],
      packages: inventoryOf(OLD),
      findings: [
        'zlib1g.amd64 1:1.2.11.dfsg-2ubuntu1: CVE-2024-2011 affected, fixed, < 1:1.2.11.dfsg-2ubuntu1.5, Medium',
      ],
      coverage: {
        verdict: 'partial',
        reasons: [
          'ubuntu:20.04 (Ubuntu 20.04) is past its end of life since 2025-05-29: flaws found later may not be in its advisories (Ubuntu Pro brings fixes until 2030-04-23)',
        ],
      },
    },
    {
      name: 'ubuntu 20.04 with FIPS builds',
      files: [
        osRelease({ ID: 'ubuntu', VERSION_ID: '20.04', VERSION_CODENAME: 'focal', PRETTY_NAME: 'Ubuntu 20.04 LTS' }),
        dpkgStatus(FIPS),
      ],
      packages: inventoryOf(FIPS),
      findings: [
        'libssl1.1.amd64 1.1.1f-1ubuntu2.fips.18: CVE-2024-2013 affected, fixed, < 1.1.1f-1ubuntu2.fips.19, Medium',
        'libssl1.1.amd64 1.1.1f-1ubuntu2.fips.18: CVE-2024-2015 affected, not-fixed, Medium',
      ],
      coverage: {
        verdict: 'partial',
        reasons: [
          'ubuntu:20.04 (Ubuntu 20.04) is past its end of life since 2025-05-29: flaws found later may not be in its advisories (Ubuntu Pro brings fixes until 2030-04-23)',
        ],
      },
    },
  ],
};
