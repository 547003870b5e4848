import { describe, expect, it } from 'vitest';
import { DEFAULT_REDELIVERY, redeliveryDelayMs } from './redelivery.ts';
import { coveringPattern, DEAD_SUBJECTS, EVENT_SUBJECTS, subjectMatches } from './subject.ts';

describe('subjectMatches', () => {
  it.each([
    ['a.b', 'a.b', true],
    ['a.b', 'a.c', false],
    ['a.b', 'a', false],
    ['a.b', 'a.b.c', false],
    ['a.*', 'a.b', true],
    ['a.*', 'a', false],
    ['a.*', 'a.b.c', false],
    ['*.b', 'a.b', true],
    ['a.>', 'a.b', true],
    ['a.>', 'a.b.c.d', true],
    ['a.>', 'a', false],
    ['>', 'a', true],
    [EVENT_SUBJECTS, 'clair.v1.manifest.indexed', true],
    [EVENT_SUBJECTS, 'clair.v1.dead.matcher.manifest.indexed', false],
    [DEAD_SUBJECTS, 'clair.v1.dead.matcher.manifest.indexed', true],
    [DEAD_SUBJECTS, 'clair.v1.dead.letter', false],
  ])('%s and %s: %s', (pattern, subject, matches) => {
    expect(subjectMatches(pattern, subject)).toBe(matches);
  });
});

describe('coveringPattern', () => {
  it.each([
    [['a.b'], 'a.b'],
    [['a.b', 'a.b'], 'a.b'],
    [['a.b.c', 'a.d.c'], 'a.*.c'],
    [['a.b', 'a.b.c'], 'a.>'],
    [['a.b.c', 'a.>'], 'a.>'],
    [['a', 'a.>'], '>'],
    [['a.*', 'a.b'], 'a.*'],
    [['clair.v1.advisories.changed', 'clair.v1.manifest.indexed'], 'clair.v1.*.*'],
  ])('%j → %s', (patterns, covering) => {
    expect(coveringPattern(patterns)).toBe(covering);
    for (const pattern of patterns) {
      const sample = pattern.replace('>', 'x.y').replaceAll('*', 'z');
      expect(subjectMatches(covering, sample)).toBe(true);
    }
  });
});

describe('redeliveryDelayMs', () => {
  const policy = { deliveriesMax: 9, backoffMs: [10, 100] };
  it.each([
    [1, 0, 10],
    [1, 50, 50],
    [2, 50, 100],
    [7, 0, 100],
    [1, -5, 10],
    [1, Number.NaN, 10],
    [1, Number.POSITIVE_INFINITY, 10],
    [1, 1e12, 3_600_000],
  ])('after delivery %i, asked for %d: %d', (deliveries, asked, expected) => {
    expect(redeliveryDelayMs(policy, deliveries, asked)).toBe(expected);
  });

  it('by default bridges an outage of three hours', () => {
    let totalMs = 0;
    for (let n = 1; n < DEFAULT_REDELIVERY.deliveriesMax; n += 1) totalMs += redeliveryDelayMs(DEFAULT_REDELIVERY, n);
    expect(totalMs).toBeGreaterThan(3 * 3_600_000);
  });
});
