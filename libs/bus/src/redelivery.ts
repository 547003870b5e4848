/** How often an event is tried, and how long is waited in between. */
export interface RedeliveryPolicy {
  /** Deliveries to one subscriber, the first included, after which the event becomes a dead letter. */
  readonly deliveriesMax: number;
  /** The wait after the first delivery, the second …; the last one holds for all that follow. */
  readonly backoffMs: readonly number[];
}

/**
 * About three and a half hours of trying: a database that is away over lunch costs no event, and a handler that fails
 * always does not go on for ever.
 */
export const DEFAULT_REDELIVERY: RedeliveryPolicy = {
  deliveriesMax: 50,
  backoffMs: [250, 1000, 5000, 15_000, 30_000, 60_000, 120_000, 300_000],
};

const DELAY_MS_MAX = 3_600_000;

/**
 * Milliseconds to wait after delivery number `deliveries`: what the handler asked for, and never less than the
 * backoff, so that a handler that always asks for a short wait does not use up its deliveries in a short outage.
 */
export function redeliveryDelayMs(policy: RedeliveryPolicy, deliveries: number, askedMs = 0): number {
  const step = policy.backoffMs[Math.min(deliveries, policy.backoffMs.length) - 1] ?? 0;
  const asked = Number.isFinite(askedMs) ? askedMs : 0;
  return Math.min(Math.max(step, asked, 0), DELAY_MS_MAX);
}
