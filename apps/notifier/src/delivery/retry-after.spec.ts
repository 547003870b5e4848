import { expect, it } from 'vitest';
import { parseRetryAfter } from './retry-after.ts';

const NOW_MS = Date.parse('2026-01-01T00:00:00Z');

it.each<[string | undefined, number | undefined]>([
  [undefined, undefined],
  ['', undefined],
  ['0', 0],
  [' 120 ', 120_000],
  ['-1', undefined],
  ['1.5', undefined],
  ['1e3', undefined],
  ['9'.repeat(400), undefined],
  ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
  ['Thursday, 01-Jan-26 00:00:30 GMT', 30_000],
  ['Thu Jan  1 00:00:30 2026 GMT', 30_000],
  ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
  ['2027', 2_027_000],
  ['2027-01-01', undefined],
  ['soon', undefined],
  ['Mon, nonsense', undefined],
])('%s', (header, expected) => {
  expect(parseRetryAfter(header, NOW_MS)).toBe(expected);
});
