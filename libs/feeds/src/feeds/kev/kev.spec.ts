import { readFileSync } from 'node:fs';
import { sharedData } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { readEnrichments } from '../../testing/read-feed.ts';
import { kev } from './index.ts';

const read = (vulnerabilities: unknown) =>
  readEnrichments(kev, {
    document: Buffer.from(JSON.stringify({ count: 1, vulnerabilities })),
    pieceBytes: 11,
  });

describe('kev', () => {
  it('reads each entry as what is known of its flaw', async () => {
    const { enrichments, rejections } = await read([
      {
        cveID: 'CVE-2026-1001',
        dateAdded: '2026-01-27',
        dueDate: '2026-02-17',
        knownRansomwareCampaignUse: 'Known',
        requiredAction: 'Apply updates.',
      },
      { cveID: 'CVE-2026-1002', dateAdded: '2026-01-28' },
    ]);
    expect(rejections).toEqual([]);
    expect(enrichments.map(({ flaw, facts }) => [flaw, facts.exploited])).toEqual([
      ['CVE-2026-1001', { added: '2026-01-27', due: '2026-02-17', ransomware: true, action: 'Apply updates.' }],
      ['CVE-2026-1002', { added: '2026-01-28', due: '', ransomware: false, action: '' }],
    ]);
  });

  it('rejects what names no flaw or no day, and reads the rest', async () => {
    const good = { cveID: 'CVE-2026-1002', dateAdded: '2026-01-28' };
    const { enrichments, rejections } = await read([
      { cveID: 'x', dateAdded: '2026-01-27' },
      { cveID: 'CVE-2026-1001', dateAdded: 'soon' },
      good,
    ]);
    expect(enrichments.map(({ flaw }) => flaw)).toEqual(['CVE-2026-1002']);
    expect(rejections.map(({ at }) => at)).toEqual(['/vulnerabilities/0', '/vulnerabilities/1']);
    expect(rejections[1]?.reason).toBe('CVE-2026-1001: its dateAdded is "soon"');
  });

  const real = sharedData('enrichment/kev/cisa-kev.2026-01.json');
  it.skipIf(real === undefined)(
    `reads the whole catalogue${real === undefined ? ' (skipped: no shared data)' : ''}`,
    async () => {
      const document = readFileSync(real ?? '');
      const { enrichments, rejections } = await readEnrichments(kev, { document });
      expect(rejections).toEqual([]);
      const catalogue = JSON.parse(document.toString());
      expect(enrichments).toHaveLength(catalogue.count);
      const ransomware = enrichments.filter(({ facts }) => facts.exploited?.ransomware);
      expect(ransomware).toHaveLength(document.toString().split('"knownRansomwareCampaignUse": "Known"').length - 1);
    },
  );
});
