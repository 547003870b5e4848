import { describe, expect, it } from 'vitest';
import { compareSeverity, parseSeverity, SEVERITIES } from './severity.ts';

describe('severities', () => {
  it('ascend from Unknown to Critical', () => {
    for (const [i, a] of SEVERITIES.entries()) {
      for (const [j, b] of SEVERITIES.entries()) expect(Math.sign(compareSeverity(a, b))).toBe(Math.sign(i - j));
    }
  });

  it.each([
    ['High', 'High'],
    ['CRITICAL', 'Critical'],
    ['unknown', 'Unknown'],
    ['important', undefined],
    ['', undefined],
    [' low', undefined],
  ])('%j reads as %s', (text, severity) => expect(parseSeverity(text)).toBe(severity));
});
