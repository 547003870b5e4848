import { waitAfter } from './schedule.ts';

/** What came of one attempt to deliver. */
export type AttemptResult =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfterMs: number | undefined }
  /** The bus has it. */
  | { readonly kind: 'published' }
  /** No answer: refused, timed out, a forbidden address. `reason` may be shown and holds no secret. */
  | { readonly kind: 'failed'; readonly reason: string };

/** What becomes of the delivery. */
export type DeliveryOutcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retry'; readonly waitMs: number; readonly error: string }
  /** It is not tried again. */
  | { readonly kind: 'dead'; readonly error: string };

/** A receiver may ask for more time than the schedule gives, but not for more than this. */
export const RETRY_AFTER_MAX_MS = 24 * 3_600_000;

const GONE = 410;
/** The other 3xx send nobody anywhere: a 304 says that nothing has changed. */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Whether the receiver wants no more of it, ever. */
export function isGone(result: AttemptResult): boolean {
  return result.kind === 'answered' && result.status === GONE;
}

function describe(result: Exclude<AttemptResult, { kind: 'published' }>): string {
  if (result.kind === 'failed') return result.reason;
  const isRedirect = REDIRECTS.has(result.status);
  return `the receiver answered ${result.status}${isRedirect ? ', and redirects are not followed' : ''}`;
}

/**
 * Decides on attempt number `attempts` (from 1). Every 2xx is success; 410 means that the receiver wants no more of it;
 * all else is tried again until the schedule ends, because receivers are mended. `random` is from [0, 1).
 */
export function decideOutcome(
  result: AttemptResult,
  { attempts, random }: { readonly attempts: number; readonly random: number },
): DeliveryOutcome {
  if (result.kind === 'published') return { kind: 'delivered' };
  if (result.kind === 'answered' && result.status >= 200 && result.status < 300) return { kind: 'delivered' };
  const error = describe(result);
  if (isGone(result)) return { kind: 'dead', error };
  const scheduledMs = waitAfter(attempts, random);
  if (scheduledMs === undefined) return { kind: 'dead', error: `${error}; that was attempt ${attempts}, the last` };
  const askedMs = result.kind === 'answered' ? (result.retryAfterMs ?? 0) : 0;
  return { kind: 'retry', waitMs: Math.max(scheduledMs, Math.min(askedMs, RETRY_AFTER_MAX_MS)), error };
}
