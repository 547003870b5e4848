import { describe, expect, it } from 'vitest';
import { believableRemovals, implausibleContent, plausibleBytesMax } from './plausibility.ts';

const LIMITS = { rejectedRatio: 0.02, growthRatio: 5 };
const counts = (advisories: number, rejectedRecords = 0) => ({ advisories, rejectedRecords });

describe('implausibleContent', () => {
  it.each([
    ['first, all good', counts(1000), undefined, undefined],
    ['first, 5 % bad: better than none', counts(950, 50), undefined, undefined],
    ['first, all bad', counts(0, 1), undefined, 'none of 1 records'],
    ['all bad, with older data', counts(0, 10), counts(10), 'none of 10 records'],
    ['2 % bad is taken', counts(980, 20), counts(1000), undefined],
    ['more than 2 % bad is not', counts(979, 21), counts(1000), '21 of 1000 records'],
    ['few records may be bad', counts(89, 10), counts(99), undefined],
    ['lost half exactly', counts(500), counts(1000), undefined],
    ['lost more than half', counts(499), counts(1000), 'shrank from 1000 to 499'],
    ['a small one may be emptied', counts(0), counts(99), undefined],
    ['a larger one may not', counts(0), counts(100), 'shrank from 100 to 0'],
    ['growth in records is no news', counts(10_000), counts(100), undefined],
  ])('%s', (_, now, before, reason) => {
    const found = implausibleContent(now, before, LIMITS);
    if (reason === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(reason);
  });
});

describe('plausibleBytesMax', () => {
  it.each([
    [1_000_000_000, undefined, 1_000_000_000],
    [1_000_000_000, 60_000_000, 300_000_000],
    [1_000_000_000, 10, 1_048_576],
    [1_000, 10, 1_000],
    [1_000_000_000, 900_000_000, 1_000_000_000],
  ])('of %d with %s before: %d', (max, before, expected) => {
    expect(plausibleBytesMax(max, before, LIMITS)).toBe(expected);
  });
});

describe('believableRemovals', () => {
  it.each([
    [[], 0, []],
    [['a'], 1, []],
    [['a'], 2, ['a']],
    [['a', 'b'], 3, []],
    [['a', 'b'], 4, ['a', 'b']],
  ])('%j of %d: %j', (gone, held, removed) => {
    expect(believableRemovals(gone, held)).toEqual(removed);
  });
});
