import { expect, it } from 'vitest';
import { parseRetryAfter, retryDelayMs, waitMs } from './retry-delay.ts';

it.each([
  [1, 0, 250],
  [1, 1, 500],
  [3, 0, 1000],
  [3, 1, 2000],
  [20, 1, 30_000],
])('attempt %d with random %d waits %d ms', (attempt, random, delayMs) => {
  expect(retryDelayMs(attempt, undefined, random)).toBe(delayMs);
});

it('waits as long as the server asks, but not for ever', () => {
  expect(retryDelayMs(1, 7000, 0.5)).toBe(7000);
  expect(retryDelayMs(1, 86_400_000, 0.5)).toBe(120_000);
});

it.each([
  [undefined, undefined],
  ['3', 3000],
  [' 0 ', 0],
  ['Thu, 01 Jan 1970 00:01:40 GMT', 10_000],
  ['Thu, 01 Jan 1970 00:00:01 GMT', 0],
  ['soon', undefined],
  ['-1', undefined],
  ['2030-01-01', undefined],
  ['', undefined],
  ['1.5', undefined],
  ['1e3', undefined],
  ['86401', 86_400_000],
  ['9'.repeat(10), 86_400_000],
  ['9'.repeat(400), 86_400_000],
  ['Fri, 01 Jan 2100 00:00:00 GMT', 86_400_000],
  ['Thursday, 01-Jan-70 00:01:40 GMT', 10_000],
  ['Mon, nonsense', undefined],
])('Retry-After %j is %j ms', (value, delayMs) => {
  expect(parseRetryAfter(value, 90_000)).toBe(delayMs);
});

it('waits no longer than the signal lets it', async () => {
  const control = new AbortController();
  const waiting = waitMs(60_000, control.signal);
  control.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  await expect(waitMs(1, control.signal)).rejects.toThrow('enough');
  await waitMs(1, new AbortController().signal);
});
