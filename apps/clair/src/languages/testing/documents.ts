import { zipArchive } from '@clair/testing';

interface Flaw {
  readonly id: string;
  readonly cve: string;
  readonly severity: string;
  readonly package: string;
  readonly type?: string;
  /** Events: introduced and fixed, in turns. */
  readonly events: readonly string[];
}

function record(ecosystem: string, flaw: Flaw): readonly [string, string] {
  const events = flaw.events.map((version, index) => ({ [index % 2 === 0 ? 'introduced' : 'fixed']: version }));
  const content = {
    schema_version: '1.7.3',
    id: flaw.id,
    modified: '2026-05-01T00:00:00Z',
    published: '2026-04-01T00:00:00Z',
    aliases: [flaw.cve],
    summary: `a flaw of ${flaw.package}`,
    affected: [{ package: { ecosystem, name: flaw.package }, ranges: [{ type: flaw.type ?? 'ECOSYSTEM', events }] }],
    database_specific: { severity: flaw.severity },
  };
  return [`${flaw.id}.json`, JSON.stringify(content)];
}

const FLAWS: Readonly<Record<string, readonly Flaw[]>> = {
  npm: [
    {
      ...{ id: 'GHSA-npm0-loda-sh01', cve: 'CVE-2026-2001', severity: 'CRITICAL', package: 'lodash', type: 'SEMVER' },
      events: ['0', '4.17.21'],
    },
    // Between two stretches.
    {
      ...{ id: 'GHSA-npm0-gaps-0001', cve: 'CVE-2026-2003', severity: 'HIGH', package: '@scope/gap', type: 'SEMVER' },
      events: ['1.0.0', '1.5.0', '2.0.0', '2.3.0'],
    },
  ],
  PyPI: [
    {
      ...{ id: 'GHSA-pypi-zope-0001', cve: 'CVE-2026-2004', severity: 'MODERATE', package: 'zope-interface' },
      events: ['0', '5.0rc2'],
    },
    // Debian says of its package that it is fixed.
    {
      ...{ id: 'GHSA-pypi-urll-ib32', cve: 'CVE-2026-2002', severity: 'HIGH', package: 'urllib3' },
      events: ['0', '1.26.18'],
    },
    // 1.0.post1 is after 1.0.
    { id: 'GHSA-pypi-post-0001', cve: 'CVE-2026-2005', severity: 'LOW', package: 'poster', events: ['0', '1.0'] },
  ],
  RubyGems: [
    { id: 'GHSA-ruby-rack-0001', cve: 'CVE-2026-2006', severity: 'HIGH', package: 'rack', events: ['0', '2.2.3.1'] },
  ],
  Packagist: [
    {
      ...{ id: 'GHSA-phpp-twig-0001', cve: 'CVE-2026-2007', severity: 'HIGH', package: 'twig/twig' },
      events: ['1.0.0', '1.44.7', '2.0.0', '2.15.3'],
    },
  ],
  NuGet: [
    {
      ...{ id: 'GHSA-nuge-json-0001', cve: 'CVE-2026-2008', severity: 'HIGH', package: 'Newtonsoft.Json' },
      events: ['0', '13.0.1'],
    },
  ],
  Maven: [
    {
      ...{ id: 'GHSA-mave-log4-jcor', cve: 'CVE-2026-2010', severity: 'CRITICAL' },
      ...{ package: 'org.apache.logging.log4j:log4j-core', events: ['2.0-beta9', '2.15.0'] },
    },
  ],
  Go: [
    {
      ...{ id: 'GO-2026-0001', cve: 'CVE-2026-2011', severity: '', package: 'golang.org/x/net', type: 'SEMVER' },
      events: ['0', '0.7.0'],
    },
    // Two branches of Go.
    {
      ...{ id: 'GO-2026-0002', cve: 'CVE-2026-2012', severity: '', package: 'stdlib', type: 'SEMVER' },
      events: ['0', '1.20.12', '1.21.0-0', '1.21.5'],
    },
    // Of a program that was built from its source tree nobody can say.
    {
      ...{ id: 'GO-2026-0003', cve: 'CVE-2026-2013', severity: '', package: 'example.org/m', type: 'SEMVER' },
      events: ['0', '1.0.0'],
    },
  ],
  'crates.io': [
    {
      ...{ id: 'RUSTSEC-2026-0002', cve: 'CVE-2026-2014', severity: '', package: 'time', type: 'SEMVER' },
      events: ['0.1.0', '0.2.23'],
    },
    // The database of Rust knows better than GitHub where it begins.
    {
      ...{ id: 'RUSTSEC-2026-0001', cve: 'CVE-2026-2009', severity: '', package: 'smallvec', type: 'SEMVER' },
      events: ['0.6.3', '1.6.1'],
    },
    {
      ...{ id: 'GHSA-rust-smol-vec1', cve: 'CVE-2026-2009', severity: 'HIGH', package: 'smallvec', type: 'SEMVER' },
      events: ['0', '1.6.1'],
    },
  ],
};

/** By ecosystem: OSV's archives. */
export const OSV: Readonly<Record<string, Uint8Array>> = Object.fromEntries(
  Object.entries(FLAWS).map(([ecosystem, flaws]) => [
    ecosystem,
    zipArchive(Object.fromEntries(flaws.map((flaw) => record(ecosystem, flaw)))),
  ]),
);

export const EPSS = [
  '#model_version:v2025.03.14,score_date:2026-06-14T00:00:00+0000',
  'cve,epss,percentile',
  'CVE-2026-2001,0.20000,0.95000',
  'CVE-2026-2006,0.01000,0.50000',
  '',
].join('\n');

export const KEV = JSON.stringify({
  title: 'CISA Catalog of Known Exploited Vulnerabilities',
  count: 1,
  vulnerabilities: [{ cveID: 'CVE-2026-2004', dateAdded: '2026-05-02', dueDate: '2026-05-23' }],
});

export const NVD = JSON.stringify({
  format: 'NVD_CVE',
  version: '2.0',
  vulnerabilities: [
    {
      cve: {
        id: 'CVE-2026-2001',
        vulnStatus: 'Analyzed',
        metrics: {
          cvssMetricV31: [
            {
              source: 'nvd@nist.gov',
              type: 'Primary',
              cvssData: { version: '3.1', vectorString: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' },
            },
          ],
        },
        weaknesses: [{ source: 'nvd@nist.gov', type: 'Primary', description: [{ lang: 'en', value: 'CWE-1321' }] }],
      },
    },
  ],
});

export const TRACKER = JSON.stringify({
  'python-urllib3': {
    'CVE-2026-2002': {
      scope: 'remote',
      description: 'a flaw of urllib3',
      releases: {
        bookworm: {
          status: 'resolved',
          repositories: { bookworm: '1.26.12-1+deb12u1' },
          fixed_version: '1.26.12-1+deb12u1',
          urgency: 'not yet assigned',
        },
      },
    },
  },
});
