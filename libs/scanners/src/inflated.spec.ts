import { deflateRawSync, deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { inflated } from './inflated.ts';

const TEXT = Buffer.from('some text, '.repeat(10_000));
const FORMS = [
  ['deflate', deflateRawSync],
  ['zlib', deflateSync],
] as const;

describe.each(FORMS)('%s', (format, compress) => {
  const bytesMax = TEXT.length;
  it('gives back what was compressed, up to the limit', () => {
    expect(inflated(compress(TEXT), { format, bytesMax })).toEqual({ ok: true, value: new Uint8Array(TEXT) });
    expect(inflated(compress(TEXT), { format, bytesMax: bytesMax - 1 })).toEqual({ ok: false, error: 'too-large' });
  });

  it('refuses what is cut short or none', () => {
    for (const bytes of [compress(TEXT).subarray(0, 50), Buffer.alloc(0), Buffer.from('none')])
      expect(inflated(bytes, { format, bytesMax })).toEqual({ ok: false, error: 'malformed' });
  });

  it('does not inflate a bomb', () => {
    const bomb = compress(Buffer.alloc(200 * 1024 * 1024));
    const before = process.memoryUsage.rss();
    expect(inflated(bomb, { format, bytesMax: 1_000_000 })).toEqual({ ok: false, error: 'too-large' });
    expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 1024 * 1024);
  });
});
