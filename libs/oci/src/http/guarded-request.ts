import { err, ok, type Result } from '@clair/model';
import { request } from 'undici';
import { Overdue } from '../layer/paced-source.ts';
import type { AddressGuard } from './address-guard.ts';
import { boundedBody } from './bounded-body.ts';
import type { HttpFailure } from './http-failure.ts';
import { redactUrl } from './redact-url.ts';
import { checkHeaders, type HeaderValues, publicHeaders } from './request-headers.ts';
import { parseRetryAfter } from './retry-delay.ts';
import { transportFailure } from './transport-failure.ts';

/** What to ask, and the bounds of the answer. */
export interface GuardedRequestOptions {
  readonly guard: AddressGuard;
  readonly signal: AbortSignal;
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** Sent to the host of the URL only; after a redirect to another host (or port, or scheme) they are gone for good. */
  readonly headers?: HeaderValues;
  /** For `POST` and `DELETE`. */
  readonly body?: string;
  /** Asks for the document only if it changed since; a 304 is an `ok`. */
  readonly conditional?: { readonly etag?: string; readonly lastModified?: string };
  /** Longest body, in bytes as transferred. */
  readonly bytesMax: number;
  /** For everything: redirects, headers and the whole body. */
  readonly timeoutMs: number;
  /** When that has passed, by `performance.now()`, for who asks again in the same time. Default: {@link timeoutMs} from now. */
  readonly deadlineMs?: number;
  /** Longest wait for the headers of an answer, and for each piece of its body. */
  readonly idleMs: number;
  /** Default 5. */
  readonly redirectsMax?: number;
  /** Whether a redirect may lead from https to http; only for what is verified by digest afterwards. Default false. */
  readonly allowDowngrade?: boolean;
}

/** An answer whose body is still to come. */
export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; several values of one name joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Where the answer came from, after redirects. May hold secrets in its query: show only {@link redactUrl} of it. */
  readonly url: string;
  /**
   * To be iterated once or closed. Bounded in size and time; iteration throws `HttpBodyError`, or the reason of the signal.
   * Bytes are as transferred: no content coding is asked for, and none is undone.
   */
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends the connection when the body is not wanted (any more). */
  close(): void;
}

const REDIRECTS_MAX = 5;
const REDIRECT_STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Asks for `url` through the guard, following redirects, each of which is checked like the first URL. Every status but a
 * redirect is an `ok`: what it means is for the caller. Rejects only with the reason of `signal`.
 */
export async function guardedRequest(
  url: string,
  options: GuardedRequestOptions,
): Promise<Result<HttpResponse, HttpFailure>> {
  if (!URL.canParse(url)) return err(badUrl(url, 'this is no absolute URL'));
  const checked = checkHeaders({
    'accept-encoding': 'identity',
    'user-agent': 'clair',
    ...conditions(options),
    ...options.headers,
  });
  if (!checked.ok) return err(badUrl(url, checked.error));
  const hop: Hop = { url: new URL(url), headers: checked.value, method: options.method ?? 'GET', body: options.body };
  const { deadlineMs = performance.now() + options.timeoutMs } = options;
  return follow(hop, { ...options, deadlineMs });
}

interface Hop {
  readonly url: URL;
  readonly headers: Record<string, string[]>;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly body: string | undefined;
}

type HopOptions = GuardedRequestOptions & { readonly deadlineMs: number };

async function follow(first: Hop, options: HopOptions): Promise<Result<HttpResponse, HttpFailure>> {
  let hop = first;
  for (let redirects = 0; redirects <= (options.redirectsMax ?? REDIRECTS_MAX); redirects++) {
    const refusal = options.guard.refuseUrl(hop.url);
    if (refusal !== undefined)
      return err({ kind: refusal.kind, message: `${redactUrl(hop.url)}: ${refusal.reason}`, retryable: false });
    const answer = await ask(hop, options);
    if (!answer.ok) return answer;
    const { location } = answer.value.headers;
    if (!REDIRECT_STATUSES.has(answer.value.status) || location === undefined) return answer;
    answer.value.close();
    const next = redirected(hop, answer.value.status, location, options.allowDowngrade === true);
    if (!next.ok) return next;
    hop = next.value;
  }
  return err({
    kind: 'http',
    message: `${redactUrl(first.url)}: it redirects in circles, or too often`,
    retryable: false,
  });
}

function redirected(hop: Hop, status: number, location: string, allowDowngrade: boolean): Result<Hop, HttpFailure> {
  if (!URL.canParse(location, hop.url.href))
    return err(badUrl(redactUrl(hop.url), 'it redirects to something that is no URL'));
  const url = new URL(location, hop.url);
  if (hop.url.protocol === 'https:' && url.protocol === 'http:' && !allowDowngrade) {
    return err(
      badUrl(redactUrl(hop.url), `it redirects from https to http (${redactUrl(url)}), which is not followed`),
    );
  }
  const headers = url.origin === hop.url.origin ? hop.headers : publicHeaders(hop.headers);
  const changes = hop.method === 'POST' || hop.method === 'DELETE';
  // A form is for the one it was written for: only a GET goes on.
  if (changes && status !== 303) {
    return err({
      kind: 'http',
      message: `${redactUrl(hop.url)}: it redirects a ${hop.method}, which is not followed`,
      retryable: false,
    });
  }
  const method = changes ? 'GET' : hop.method;
  return ok({ url, headers, method, body: undefined });
}

/** One request without redirects. */
async function ask(hop: Hop, options: HopOptions): Promise<Result<HttpResponse, HttpFailure>> {
  options.signal.throwIfAborted();
  const leftMs = options.deadlineMs - performance.now();
  const waitMs = Math.max(0, Math.min(options.idleMs, leftMs));
  const control = new AbortController();
  const onAbort = () => control.abort(options.signal.reason);
  options.signal.addEventListener('abort', onAbort, { once: true });
  const overdue = leftMs <= options.idleMs ? new Overdue('total', options.timeoutMs) : new Overdue('idle', waitMs);
  const timer = setTimeout(() => control.abort(overdue), waitMs);
  try {
    const response = await request(hop.url.href, {
      dispatcher: options.guard.dispatcher,
      method: hop.method,
      headers: hop.headers,
      body: hop.body ?? null,
      signal: control.signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    clearTimeout(timer);
    const body = boundedBody(response.body, {
      url: hop.url,
      bytesMax: options.bytesMax,
      idleMs: options.idleMs,
      timeoutMs: options.timeoutMs,
      deadlineMs: options.deadlineMs,
      signal: options.signal,
    });
    return ok({ status: response.statusCode, headers: flatHeaders(response.headers), url: hop.url.href, ...body });
  } catch (reason) {
    if (options.signal.aborted) throw options.signal.reason;
    return err(transportFailure(reason, hop.url));
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener('abort', onAbort);
  }
}

function conditions({ conditional }: GuardedRequestOptions): HeaderValues {
  return { 'if-none-match': conditional?.etag, 'if-modified-since': conditional?.lastModified };
}

function flatHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = typeof value === 'string' ? value : value.join(', ');
  }
  return flat;
}

function badUrl(url: string, reason: string): HttpFailure {
  return { kind: 'bad-url', message: `${redactUrl(url)}: ${reason}`, retryable: false };
}

/** The failure that an unwanted status is: retryable for 408, 425, 429 and 5xx. Closes the response. */
export function statusFailure(response: HttpResponse, nowMs: number): HttpFailure {
  response.close();
  const { status } = response;
  const retryAfterMs = parseRetryAfter(response.headers['retry-after'], nowMs);
  const retryable = status === 408 || status === 425 || status === 429 || status >= 500;
  const message = `${redactUrl(response.url)}: the server answered ${status}${adviceFor(status)}`;
  return { kind: 'http', message, retryable, status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

function adviceFor(status: number): string {
  if (status === 401) return ': credentials are missing, wrong or expired';
  if (status === 403) return ': the credentials do not allow this';
  if (status === 404) return ': it is not there, or not for these credentials';
  if (status === 410) return ': it was removed';
  if (status === 429) return ': too many requests; wait, or sign in for a higher limit';
  return status >= 500 ? ': the server has a problem; try again later' : '';
}
