import { type AddressGuard, parseRetryAfter } from '@clair/oci';
import type { AttemptResult } from './outcome.ts';
import type { WebhookRequest } from './webhook-request.ts';

const ATTEMPT_TIMEOUT_MS = 15_000;
/** Read of an answer's body so that the connection can be used again; what is longer costs the connection. */
const ANSWER_BYTES_MAX = 64 * 1024;

export interface PostOptions {
  readonly guard: AddressGuard;
  readonly signal: AbortSignal;
  readonly nowMs: number;
  /** Longest time of one attempt, from the look-up of the name to the status of the answer. */
  readonly timeoutMs?: number | undefined;
}

/** One attempt; redirects are not followed. What it resolves to names no address and holds no secret. */
export async function postOnce(request: WebhookRequest, options: PostOptions): Promise<AttemptResult> {
  const { guard, signal, nowMs, timeoutMs = ATTEMPT_TIMEOUT_MS } = options;
  const refusal = guard.refuseUrl(request.url);
  if (refusal !== undefined) return { kind: 'failed', reason: refusal.reason };
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    return await post(guard, request, { signal: AbortSignal.any([signal, timeout]), nowMs });
  } catch (error) {
    if (signal.aborted) throw error;
    const reason = timeout.aborted ? `the receiver did not answer within ${timeoutMs / 1000} s` : describe(error);
    return { kind: 'failed', reason };
  }
}

async function post(
  guard: AddressGuard,
  { url, headers, body }: WebhookRequest,
  { signal, nowMs }: { readonly signal: AbortSignal; readonly nowMs: number },
): Promise<AttemptResult> {
  const answer = await guard.dispatcher.request({
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: 'POST',
    headers,
    body,
    signal,
  });
  const retryAfter = answer.headers['retry-after'];
  const status = answer.statusCode;
  // The status is the answer: a body that stalls or breaks off changes nothing.
  await answer.body.dump({ limit: ANSWER_BYTES_MAX, signal }).catch(() => undefined);
  return { kind: 'answered', status, retryAfterMs: parseRetryAfter([retryAfter ?? ''].flat()[0], nowMs) };
}

/** A kind of failure for people. Messages of connections hold addresses, and those of TLS whole certificates. */
function describe(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof Error && cause.name === 'AddressRefused') return cause.message;
  const code: unknown = typeof cause === 'object' && cause !== null ? Reflect.get(cause, 'code') : undefined;
  return `the receiver could not be reached: ${typeof code === 'string' ? code : 'unknown error'}`;
}
