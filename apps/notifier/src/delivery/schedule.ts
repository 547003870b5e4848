const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * The wait before each attempt, the first included: the spread over about three days that the Standard Webhooks
 * specification gives as its example, with one more early step.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export const ATTEMPT_WAITS_MS: readonly number[] = [
  0,
  5 * SECOND_MS,
  30 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
];

/** A wait is made longer by up to this part of itself, so that what failed together does not come back together. */
const JITTER_PART = 0.2;

/**
 * The wait after attempt number `attempts` (from 1) failed, or `undefined` when that was the last.
 * `random` is from [0, 1).
 */
export function waitAfter(attempts: number, random: number): number | undefined {
  const waitMs = ATTEMPT_WAITS_MS[attempts];
  return waitMs === undefined ? undefined : Math.round(waitMs * (1 + JITTER_PART * random));
}
