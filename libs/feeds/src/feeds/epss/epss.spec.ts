import { readFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import { sharedData } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { MalformedDocument } from '../../feed.ts';
import { readEnrichments } from '../../testing/read-feed.ts';
import { epss } from './index.ts';

const HEAD = '#model_version:v2025.03.14,score_date:2026-08-16T00:00:00+0000\ncve,epss,percentile\n';
const read = (text: string, pieceBytes = 7) => readEnrichments(epss, { document: Buffer.from(text), pieceBytes });

describe('epss', () => {
  it('reads each line as what is known of its flaw', async () => {
    const { enrichments, rejections } = await read(
      `${HEAD}CVE-2026-1001,0.03351,0.87650\r\nCVE-2026-1002,1,1\nCVE-2026-1003,1.0e-05,0\n`,
    );
    expect(rejections).toEqual([]);
    expect(enrichments).toEqual([
      {
        key: 'CVE-2026-1001',
        flaw: 'CVE-2026-1001',
        facts: { epss: { score: 0.03351, percentile: 0.8765, date: '2026-08-16' } },
      },
      { key: 'CVE-2026-1002', flaw: 'CVE-2026-1002', facts: { epss: { score: 1, percentile: 1, date: '2026-08-16' } } },
      {
        key: 'CVE-2026-1003',
        flaw: 'CVE-2026-1003',
        facts: { epss: { score: 1e-5, percentile: 0, date: '2026-08-16' } },
      },
    ]);
  });

  it('reads a copy without the comment, whose day is not known', async () => {
    const { enrichments } = await read('cve,epss,percentile\nCVE-2026-1001,0.1,0.2\n');
    expect(enrichments[0]?.facts.epss?.date).toBe('');
  });

  it.each([
    'CVE-2026-1001,1.5,0.1',
    'CVE-2026-1001,0.1',
    'GHSA-1,0.1,0.1',
    'CVE-2026-1001,-0.1,0.1',
    'CVE-2026-1001,,',
  ])('rejects %j and reads the rest', async (line) => {
    const { enrichments, rejections } = await read(`${HEAD}${line}\nCVE-2026-1002,0.1,0.2\n`);
    expect(enrichments.map(({ flaw }) => flaw)).toEqual(['CVE-2026-1002']);
    expect(rejections).toEqual([{ at: 'line 3', reason: expect.stringContaining(line) }]);
  });

  it.each([
    [`${HEAD}CVE-2026-1001,0.1,0.2\nCVE-2026-1002,0.1`, 'cut short'],
    ['cve,score\n', 'is not the header'],
    [`${HEAD}${'x'.repeat(2_000)}\n`, 'longer than'],
  ])('refuses a document that is not whole or not its own', async (text, message) => {
    await expect(read(text, 1_000)).rejects.toThrow(MalformedDocument);
    await expect(read(text, 1_000)).rejects.toThrow(message);
  });

  const real = sharedData('enrichment/epss/epss_scores-2026-08-16.first-layout.csv.zst');
  it.skipIf(real === undefined)(
    `reads a whole day${real === undefined ? ' (skipped: no shared data)' : ''}`,
    async () => {
      const document = zstdDecompressSync(readFileSync(real ?? ''));
      const { enrichments, rejections } = await readEnrichments(epss, { document });
      expect(rejections).toEqual([]);
      expect(enrichments).toHaveLength(document.toString('latin1').split('\nCVE-').length - 1);
      expect(enrichments.length).toBe(360_142);
      expect(enrichments[1]).toEqual({
        key: 'CVE-1999-0002',
        flaw: 'CVE-1999-0002',
        facts: { epss: { score: 0.27858, percentile: 0.97929, date: '2026-08-16' } },
      });
    },
  );
});
