import { gzipSync } from 'node:zlib';
import { buildImage, buildLayer, type Registry, serveRegistry } from '@clair/testing';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Combo, startCombo } from '../distributions/testing/combo.ts';
import { type FeedSite, serveFeedSite } from '../distributions/testing/feed-site.ts';
import { withoutVerdict } from '../distributions/testing/report-lines.ts';
import { EPSS, KEV, NVD, OSV, TRACKER } from './testing/documents.ts';
import { BASE, FINDINGS, PACKAGES, TOP } from './testing/image-files.ts';

interface ReportV2 {
  readonly coverage: { readonly verdict: string; readonly reasons: readonly string[] };
  readonly packages: readonly { readonly name: string; readonly version: string; readonly owner?: string }[];
  readonly vulnerabilities: readonly { readonly name: string; readonly flaws: readonly string[] }[];
  readonly flaws: Readonly<Record<string, object>>;
  readonly findings: readonly { readonly vulnerability: number; readonly also?: readonly number[] }[];
  readonly set_aside: readonly { readonly package: number; readonly vulnerability: number; readonly why: string }[];
}

const image = buildImage([buildLayer(BASE), buildLayer(TOP)]);
let database: TestDatabase;
let site: FeedSite;
let registry: Registry;
let combo: Combo;

beforeAll(async () => {
  [database, site] = await Promise.all([createTestDatabase(), serveFeedSite()]);
  for (const [ecosystem, archive] of Object.entries(OSV)) site.put(`/osv/${ecosystem}/all.zip`, archive);
  for (const ecosystem of Object.keys(OSV)) site.put(`/osv/${ecosystem}/modified_id.csv`, '');
  site.put('/epss.csv.gz', gzipSync(EPSS));
  site.put('/kev.json', KEV);
  site.put('/nvd/nvdcve-2.0-2026.json.gz', gzipSync(NVD));
  site.put('/tracker.json', TRACKER);
  registry = await serveRegistry({ blobs: image.layers });
  combo = await startCombo({
    connstring: database.connstring,
    startsAt: '2026-06-15T12:00:00Z',
    feeds: new Map<string, Record<string, unknown>>([
      ['osv', { url: `${site.url}/osv`, allowlist: Object.keys(OSV) }],
      ['epss', { url: `${site.url}/epss.csv.gz` }],
      ['kev', { url: `${site.url}/kev.json` }],
      ['nvd', { url: `${site.url}/nvd/` }],
      ['debian', { json_url: `${site.url}/tracker.json` }],
    ]),
  });
});

afterAll(async () => {
  await combo?.stop();
  await Promise.all([registry?.close(), site?.close()]);
  await database?.drop();
});

it('every feed is fetched as a whole, and nothing of it is rejected', async () => {
  const ids = ['debian', 'epss', 'kev', 'nvd', 'osv'];
  expect(await combo.runFeeds()).toEqual(Object.fromEntries(ids.map((id) => [id, 'changed'])));
  expect(await combo.rejectedRecords()).toEqual(Object.fromEntries(ids.map((id) => [id, 0])));
  expect(await combo.runFeeds()).toEqual(Object.fromEntries(ids.map((id) => [id, 'unchanged'])));
});

describe('an image with packages of many languages', () => {
  it('has the findings that the advisories give, in both forms', async () => {
    const found = await combo.findingsOf(image, registry);
    expect([...found.packages].sort()).toEqual([...PACKAGES].sort());
    expect(found.findingsV2).toEqual([...FINDINGS].sort());
    expect(found.findingsV1).toEqual(FINDINGS.map(withoutVerdict).sort());
    expect(found.coverage).toEqual({ verdict: 'complete', reasons: [] });
  });

  it('says who owns a package, and shows its advisory beside the vendor’s word', async () => {
    const { packages, vulnerabilities, set_aside } = await combo.report<ReportV2>('v2', image);
    const owned = packages.filter(({ owner }) => owner !== undefined);
    expect(owned.map(({ name, owner }) => [name, owner])).toEqual([['urllib3', 'python3-urllib3']]);
    expect(
      set_aside.map(({ package: pkg, vulnerability, why }) => [
        packages[pkg]?.name,
        vulnerabilities[vulnerability]?.name,
        why,
      ]),
    ).toEqual([['urllib3', 'GHSA-pypi-urll-ib32', 'vendor-resolved']]);
  });

  it('makes one finding of a flaw that two databases know', async () => {
    const { vulnerabilities, findings } = await combo.report<ReportV2>('v2', image);
    const names = findings
      .filter(({ also }) => also !== undefined)
      .map(({ vulnerability, also = [] }) => [vulnerability, ...also].map((index) => vulnerabilities[index]?.name));
    expect(names).toEqual([['RUSTSEC-2026-0001', 'GHSA-rust-smol-vec1']]);
  });

  it('joins what is known of the flaws, and ranks by it', async () => {
    const report = await combo.report<ReportV2>('v2', image, '?order=risk');
    expect(report.flaws['CVE-2026-2001']).toEqual({
      cvss: [{ source: 'nvd@nist.gov', vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', score: 9.8 }],
      weaknesses: ['CWE-1321'],
      epss: { score: 0.2, percentile: 0.95, date: '2026-06-14' },
    });
    const ranked = report.findings.map(({ vulnerability }) => report.vulnerabilities[vulnerability]?.name);
    // Exploited, then by the probability of it.
    expect(ranked.slice(0, 2)).toEqual(['GHSA-pypi-zope-0001', 'GHSA-npm0-loda-sh01']);
    const { enrichments } = await combo.report<{ enrichments: object }>('v1', image);
    expect(Object.keys(enrichments).map((key) => /enricher=(\S+)/.exec(key)?.[1])).toEqual([
      'clair.cvss',
      'clair.epss',
      'clair.kev',
    ]);
  });
});
