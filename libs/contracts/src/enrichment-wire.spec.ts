import type { Enrichment } from '@clair/model';
import { describe, expect, it } from 'vitest';
import { enrichmentFromWire, enrichmentToWire, factsToWire, WireEnrichment } from './index.ts';

const WHOLE: Enrichment = {
  key: 'CVE-2026-1001',
  flaw: 'CVE-2026-1001',
  facts: {
    scores: [{ source: 'nvd@nist.gov', vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H' }],
    weaknesses: ['CWE-400'],
    epss: { score: 0.03351, percentile: 0.8765, date: '2026-08-16' },
    exploited: { added: '2026-01-27', due: '2026-02-17', ransomware: true, action: 'Update.' },
  },
};

describe('an enrichment', () => {
  it.each([WHOLE, { ...WHOLE, facts: {} }, { ...WHOLE, facts: { epss: { score: 0, percentile: 0, date: '' } } }])(
    'comes through the wire as it is: %j',
    (enrichment) => {
      const bytes = WireEnrichment.encode(enrichmentToWire(enrichment)).finish();
      expect(enrichmentFromWire(WireEnrichment.decode(bytes))).toEqual({ ok: true, value: enrichment });
    },
  );

  const epss = (score: number) => ({ ...factsToWire({}), epss: { score, percentile: 0, date: '' } });
  it.each([
    ['key', { key: '' }],
    ['flaw', { flaw: '' }],
    ['facts', { facts: undefined }],
    ['facts.epss', { facts: epss(1.1) }],
    ['facts.epss', { facts: epss(Number.NaN) }],
  ])('is refused for its %s', (at, fields) => {
    const read = enrichmentFromWire({ ...enrichmentToWire(WHOLE), ...fields });
    expect(read).toMatchObject({ ok: false, error: { at } });
  });
});
