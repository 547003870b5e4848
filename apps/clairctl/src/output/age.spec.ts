import { expect, it } from 'vitest';
import { age } from './age.ts';

const NOW_MS = Date.parse('2026-03-01T12:00:00Z');

it.each([
  ['', 'never'],
  ['1970-01-01T00:00:00Z', 'never'],
  ['2026-03-01T12:00:30Z', 'just now'],
  ['2026-03-01T11:59:01Z', 'just now'],
  ['2026-03-01T11:59:00Z', '1 minute ago'],
  ['2026-03-01T10:00:01Z', '119 minutes ago'],
  ['2026-03-01T10:00:00Z', '2 hours ago'],
  ['2026-02-27T12:00:01Z', '47 hours ago'],
  ['2026-02-27T12:00:00Z', '2 days ago'],
])('%s was %s', (instant, text) => {
  expect(age(instant, NOW_MS)).toBe(text);
});
