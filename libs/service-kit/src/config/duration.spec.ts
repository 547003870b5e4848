import { describe, expect, it } from 'vitest';
import { durationMs, parseDuration } from './duration.ts';

describe('parseDuration', () => {
  it.each([
    ['6h', 21_600_000],
    ['1m30s', 90_000],
    ['1.5h', 5_400_000],
    ['.5s', 500],
    ['500ms', 500],
    ['250us', 0.25],
    ['1µs', 0.001],
    ['1h0m0.5s', 3_600_500],
    ['0', 0],
    ['0s', 0],
  ])('%s is %d ms', (text, ms) => {
    const parsed = parseDuration(text);
    expect(parsed.ok && parsed.value).toBeCloseTo(ms, 9);
  });

  it.each(['', '6', '6 h', 'h', '-1s', '+1s', '1d', '1h ', '1..5s', '.s', 'PT6H', `${'1'.repeat(70)}s`])(
    '%j is refused',
    (text) => {
      expect(parseDuration(text).ok).toBe(false);
    },
  );

  it('throws for what was never checked', () => {
    expect(() => durationMs('6')).toThrow('unchecked duration');
  });
});
