/** A failed run is repeated sooner than a whole period: after this, or the period if that is shorter. */
const RETRY_MS = 10 * 60_000;

export interface Schedule {
  readonly periodMs: number;
  /** Share of the period by which a run may come earlier or later, so that installations do not ask a source in step. */
  readonly jitter: number;
}

/** When a feed runs next. `random` is in [0, 1). */
export function nextRunMs(nowMs: number, succeeded: boolean, schedule: Schedule, random: number): number {
  const base = succeeded ? schedule.periodMs : Math.min(RETRY_MS, schedule.periodMs);
  return Math.round(nowMs + base * (1 + schedule.jitter * (2 * random - 1)));
}
