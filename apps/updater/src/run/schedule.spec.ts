import { describe, expect, it } from 'vitest';
import { nextRunMs } from './schedule.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;

describe('nextRunMs', () => {
  it.each([
    { succeeded: true, periodMs: 6 * HOUR, jitter: 0, random: 0.9, expected: 6 * HOUR },
    { succeeded: true, periodMs: 10 * HOUR, jitter: 0.1, random: 0, expected: 9 * HOUR },
    { succeeded: true, periodMs: 10 * HOUR, jitter: 0.1, random: 0.5, expected: 10 * HOUR },
    { succeeded: true, periodMs: 10 * HOUR, jitter: 0.1, random: 1, expected: 11 * HOUR },
    { succeeded: false, periodMs: 6 * HOUR, jitter: 0, random: 0, expected: 10 * MINUTE },
    { succeeded: false, periodMs: 6 * HOUR, jitter: 0.5, random: 0, expected: 5 * MINUTE },
    { succeeded: false, periodMs: MINUTE, jitter: 0, random: 0, expected: MINUTE },
  ])(
    '$succeeded, period $periodMs, jitter $jitter, random $random: $expected',
    ({ expected, succeeded, random, ...schedule }) => {
      expect(nextRunMs(1_000, succeeded, schedule, random)).toBe(1_000 + expected);
    },
  );
});
