import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import { sharedData } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { readEnrichments } from '../../testing/read-feed.ts';
import { nvd } from './index.ts';

const V31 = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H';
const V40 = 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N';
const V2 = 'AV:N/AC:L/Au:N/C:P/I:P/A:P';

const metric = (source: string, type: string, vectorString: unknown) => ({ source, type, cvssData: { vectorString } });
const read = (...cves: readonly unknown[]) =>
  readEnrichments(nvd, {
    document: Buffer.from(JSON.stringify({ format: 'NVD_CVE', vulnerabilities: cves.map((cve) => ({ cve })) })),
    pieceBytes: 13,
  });

describe('plan', () => {
  const urls = (options: object) => {
    const plan = nvd.plan({ ...options });
    return plan.ok && plan.value.kind === 'partitions' ? plan.value.partitions.map(({ request }) => request.url) : [];
  };

  it('has a document for each year, of which some have not come yet', () => {
    expect(urls({})[0]).toBe('https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2002.json.gz');
    expect(urls({})).toContain('https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2026.json.gz');
  });

  it.each(['url', 'feed_root'])('takes another copy from %s', (key) => {
    expect(urls({ [key]: 'http://127.0.0.1:1/nvd' })[0]).toBe('http://127.0.0.1:1/nvd/nvdcve-2.0-2002.json.gz');
  });
});

describe('nvd', () => {
  it('keeps all scores: the newest version first, and of each its own first', async () => {
    const metrics = {
      cvssMetricV2: [metric('nvd@nist.gov', 'Primary', V2)],
      cvssMetricV31: [metric('cna@example.org', 'Secondary', V31), metric('nvd@nist.gov', 'Primary', V31)],
      cvssMetricV40: [metric('cna@example.org', 'Secondary', V40)],
    };
    const weaknesses = [
      { description: [{ value: 'CWE-400' }, { value: 'NVD-CWE-noinfo' }] },
      { description: [{ value: 'CWE-400' }] },
    ];
    const { enrichments, rejections } = await read({ id: 'CVE-2026-1001', metrics, weaknesses });
    expect(rejections).toEqual([]);
    expect(enrichments).toEqual([
      {
        key: 'CVE-2026-1001',
        flaw: 'CVE-2026-1001',
        facts: {
          scores: [
            { source: 'cna@example.org', vector: V40 },
            { source: 'nvd@nist.gov', vector: V31 },
            { source: 'cna@example.org', vector: V31 },
            { source: 'nvd@nist.gov', vector: V2 },
          ],
          weaknesses: ['CWE-400'],
        },
      },
    ]);
  });

  it.each([
    ['rejected', { id: 'CVE-2026-1', vulnStatus: 'Rejected', metrics: { cvssMetricV2: [metric('a', 'Primary', V2)] } }],
    ['not scored', { id: 'CVE-2026-1001', metrics: {} }],
    [
      'scored by what does not read',
      { id: 'CVE-2026-1001', metrics: { cvssMetricV31: [metric('a', 'Primary', 'x')] } },
    ],
  ])('says nothing of a flaw that is %s', async (_, cve) => {
    expect(await read({ ...cve, id: 'CVE-2026-1001' })).toEqual({ enrichments: [], rejections: [] });
  });

  it('rejects what is no record, and reads the rest', async () => {
    const good = { id: 'CVE-2026-1001', metrics: { cvssMetricV2: [metric('a', 'Primary', V2)] } };
    const { enrichments, rejections } = await read('x', { id: 'GHSA-1' }, good);
    expect(enrichments).toHaveLength(1);
    expect(rejections.map(({ at }) => at)).toEqual(['/vulnerabilities/0', '/vulnerabilities/1']);
  });

  const archive = sharedData('feeds/vendor-samples/vunnel-all-provider-inputs.tar.zst');
  it.skipIf(archive === undefined)(
    `reads a page of the real database${archive === undefined ? ' (skipped: no shared data)' : ''}`,
    async () => {
      const input = zstdDecompressSync(readFileSync(archive ?? ''));
      const document = execFileSync('tar', ['-x', '-O', 'tests/unit/providers/nvd/test-fixtures/full-page.json'], {
        input,
        maxBuffer: 1e8,
      });
      const { enrichments, rejections } = await readEnrichments(nvd, { document });
      expect(rejections).toEqual([]);
      const page: { vulnerabilities: { cve: { id: string; metrics: Record<string, unknown[]> } }[] } = JSON.parse(
        document.toString(),
      );
      const scored = page.vulnerabilities.filter(({ cve }) => Object.keys(cve.metrics).length > 0);
      expect(enrichments.map(({ flaw, facts }) => [flaw, facts.scores?.length ?? 0])).toEqual(
        scored.map(({ cve }) => [cve.id, Object.values(cve.metrics).flat().length]),
      );
    },
  );
});
