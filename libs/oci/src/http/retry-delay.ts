const RETRY_BASE_MS = 500;
const RETRY_MAX_MS = 30_000;
/** More than this is not believed, of whatever asks for it. */
const RETRY_AFTER_READ_MAX_MS = 24 * 3_600_000;
/** A server that wants us to wait longer than this is as good as away. */
const RETRY_AFTER_MAX_MS = 120_000;

/**
 * How long to wait before attempt `attempt` + 1 (attempts count from 1): what the server asked for, else exponential with
 * full jitter. `random` is in [0, 1).
 */
export function retryDelayMs(attempt: number, retryAfterMs: number | undefined, random: number): number {
  if (retryAfterMs !== undefined) return Math.min(retryAfterMs, RETRY_AFTER_MAX_MS);
  const ceiling = Math.min(RETRY_BASE_MS * 2 ** (attempt - 1), RETRY_MAX_MS);
  return Math.round(ceiling / 2 + (random * ceiling) / 2);
}

/**
 * `Retry-After` in milliseconds from now, a day at most: seconds or an HTTP date; `undefined` when absent or unreadable.
 * @see RFC 9110 section 10.2.3
 */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, RETRY_AFTER_READ_MAX_MS);
  // `Date.parse` takes nearly anything for a date, also "-1".
  const at = /^[A-Z][a-z]+, .+ GMT$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.min(Math.max(0, at - nowMs), RETRY_AFTER_READ_MAX_MS);
}

/** Resolves after `delayMs`; rejects with the reason of `signal` when that comes first. */
export function waitMs(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, delayMs);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
