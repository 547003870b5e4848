import { describe, expect, it } from 'vitest';
import { type AttemptResult, decideOutcome } from './outcome.ts';
import { ATTEMPT_WAITS_MS, waitAfter } from './schedule.ts';

const answered = (status: number, retryAfterMs?: number): AttemptResult => ({ kind: 'answered', status, retryAfterMs });
const LAST = ATTEMPT_WAITS_MS.length;

it.each<[string, AttemptResult, number, object]>([
  ['200', answered(200), 1, { kind: 'delivered' }],
  ['202', answered(202), 1, { kind: 'delivered' }],
  ['204 on the last attempt', answered(204), LAST, { kind: 'delivered' }],
  ['299', answered(299), 1, { kind: 'delivered' }],
  ['301', answered(301), 1, { kind: 'retry', waitMs: 5000, error: expect.stringContaining('redirects') }],
  ['304', answered(304), 1, { kind: 'retry', waitMs: 5000, error: 'the receiver answered 304' }],
  ['400', answered(400), 1, { kind: 'retry', waitMs: 5000, error: 'the receiver answered 400' }],
  ['410', answered(410), 1, { kind: 'dead' }],
  ['500, second time', answered(500), 2, { kind: 'retry', waitMs: 30_000 }],
  ['500 on the last attempt', answered(500), LAST, { kind: 'dead', error: expect.stringContaining('the last') }],
  ['no answer', { kind: 'failed', reason: 'refused' }, 3, { kind: 'retry', waitMs: 300_000, error: 'refused' }],
  ['no answer on the last attempt', { kind: 'failed', reason: 'refused' }, LAST, { kind: 'dead' }],
  ['503 with a longer Retry-After', answered(503, 120_000), 1, { kind: 'retry', waitMs: 120_000 }],
  ['503 with a shorter Retry-After', answered(503, 1000), 2, { kind: 'retry', waitMs: 30_000 }],
  ['429 that asks for a year', answered(429, 31_536_000_000), 1, { kind: 'retry', waitMs: 86_400_000 }],
  ['503 with Retry-After on the last attempt', answered(503, 1000), LAST, { kind: 'dead' }],
])('%s', (_, result, attempts, outcome) => {
  expect(decideOutcome(result, { attempts, random: 0 })).toMatchObject(outcome);
});

describe('schedule', () => {
  it('begins at once, grows, and spreads over about three days', () => {
    expect(ATTEMPT_WAITS_MS[0]).toBe(0);
    expect(ATTEMPT_WAITS_MS.toSorted((a, b) => a - b)).toEqual(ATTEMPT_WAITS_MS);
    const hours = ATTEMPT_WAITS_MS.reduce((sum, waitMs) => sum + waitMs, 0) / 3_600_000;
    expect(hours).toBeGreaterThan(72);
    expect(hours).toBeLessThan(80);
  });

  it('adds jitter, and never takes away', () => {
    for (const random of [0, 0.3, 0.999]) {
      const waitMs = waitAfter(1, random) ?? 0;
      expect(waitMs).toBeGreaterThanOrEqual(5000);
      expect(waitMs).toBeLessThanOrEqual(6000);
    }
    expect(waitAfter(1, 0)).not.toBe(waitAfter(1, 0.9));
    expect(waitAfter(LAST, 0.5)).toBeUndefined();
  });
});
