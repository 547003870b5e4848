import { err, type Result } from '@clair/model';
import { type GuardedRequestOptions, guardedRequest, type HttpResponse, statusFailure } from './guarded-request.ts';
import { HttpBodyError, type HttpFailure } from './http-failure.ts';
import { redactUrl } from './redact-url.ts';
import { retryDelayMs, waitMs } from './retry-delay.ts';

/** A guarded request, and how long to insist on it. */
export interface ResumableOptions extends GuardedRequestOptions {
  /** Attempts without a single new byte before giving up. Default 4. */
  readonly attemptsMax?: number;
  /** The URL always has the same bytes, verified by who reads them: resumes also without a validator. Default false. */
  readonly immutable?: boolean;
}

const ATTEMPTS_MAX = 4;

/**
 * Like {@link guardedRequest}, but tries again what may pass (backoff with jitter, `Retry-After` honoured), and a body whose
 * connection breaks or stalls goes on from the byte where it stopped (`Range` with `If-Range`). When the document changed
 * meanwhile, iteration throws a retryable `truncated`: the bytes so far belong to a document that is no more.
 */
export async function resumableRequest(
  url: string,
  options: ResumableOptions,
): Promise<Result<HttpResponse, HttpFailure>> {
  const deadlineMs = performance.now() + options.timeoutMs;
  const first = await askUntilAnswered(url, { ...options, deadlineMs });
  if (!first.ok || first.value.status !== 200) return first;
  const transfer = new Transfer(url, first.value, { ...options, deadlineMs });
  return { ok: true, value: { ...first.value, body: transfer.pieces(), close: () => transfer.close() } };
}

type TimedOptions = ResumableOptions & { readonly deadlineMs: number };

/** A response of any status that a retry would not change, or the last failure. */
async function askUntilAnswered(url: string, options: TimedOptions): Promise<Result<HttpResponse, HttpFailure>> {
  const attemptsMax = options.attemptsMax ?? ATTEMPTS_MAX;
  for (let attempt = 1; ; attempt++) {
    const answer = await guardedRequest(url, options);
    const failure = answer.ok ? retryableStatus(answer.value) : answer.error;
    if (failure === undefined) return answer;
    const delayMs = retryDelayMs(attempt, failure.retryAfterMs, Math.random());
    const isInTime = performance.now() + delayMs < options.deadlineMs;
    if (!failure.retryable || attempt >= attemptsMax || !isInTime) return err(failure);
    await waitMs(delayMs, options.signal);
  }
}

function retryableStatus(response: HttpResponse): HttpFailure | undefined {
  if (response.status < 400) return undefined;
  if (response.status < 500 && ![408, 425, 429].includes(response.status)) return undefined;
  return statusFailure(response, Date.now());
}

/** One document, over as many connections as it takes. */
class Transfer {
  readonly #url: string;
  readonly #options: TimedOptions;
  readonly #validator: string | undefined;
  #response: HttpResponse;
  #receivedBytes = 0;
  #isClosed = false;

  constructor(url: string, response: HttpResponse, options: TimedOptions) {
    this.#url = url;
    this.#response = response;
    this.#options = options;
    this.#validator = validatorOf(response);
  }

  close(): void {
    this.#isClosed = true;
    this.#response.close();
  }

  async *pieces(): AsyncGenerator<Uint8Array> {
    const attemptsMax = this.#options.attemptsMax ?? ATTEMPTS_MAX;
    let skipBytes = 0;
    for (let attempt = 1; ; ) {
      const before = this.#receivedBytes;
      const failure = yield* this.#drain(skipBytes);
      if (failure === undefined) return;
      attempt = this.#receivedBytes > before ? 1 : attempt + 1;
      const delayMs = retryDelayMs(attempt, undefined, Math.random());
      const isInTime = performance.now() + delayMs < this.#options.deadlineMs;
      const mayGoOn = this.#validator !== undefined || this.#options.immutable === true;
      if (!failure.retryable || !mayGoOn || attempt > attemptsMax || !isInTime || this.#isClosed)
        throw new HttpBodyError(failure);
      await waitMs(delayMs, this.#options.signal);
      skipBytes = await this.#reopen();
    }
  }

  /** Hands out one connection's bytes; returns why it ended early. */
  async *#drain(skipBytes: number): AsyncGenerator<Uint8Array, HttpFailure | undefined> {
    let left = skipBytes;
    try {
      for await (const piece of this.#response.body) {
        const fresh = left >= piece.length ? undefined : piece.subarray(left);
        left = Math.max(0, left - piece.length);
        if (fresh === undefined) continue;
        this.#receivedBytes += fresh.length;
        // Each connection is bounded by itself; this is the sum.
        if (this.#receivedBytes > this.#options.bytesMax) return this.#tooLarge();
        yield fresh;
      }
      return undefined;
    } catch (reason) {
      if (reason instanceof HttpBodyError) return reason.failure;
      throw reason;
    }
  }

  #tooLarge(): HttpFailure {
    this.#response.close();
    return {
      kind: 'limit',
      message: `${redactUrl(this.#url)}: larger than ${this.#options.bytesMax} bytes`,
      retryable: false,
    };
  }

  /** Asks for the rest. Returns how many bytes to pass over when the server sends everything again. */
  async #reopen(): Promise<number> {
    const range = { range: `bytes=${this.#receivedBytes}-`, 'if-range': this.#validator };
    // Without the first request's condition, which would be answered before the range.
    const { conditional: _, ...options } = this.#options;
    const answer = await askUntilAnswered(this.#url, { ...options, headers: { ...options.headers, ...range } });
    if (!answer.ok) throw new HttpBodyError(answer.error);
    this.#response = answer.value;
    const { status } = answer.value;
    if (status === 206 && rangeStart(answer.value) === this.#receivedBytes) return 0;
    const isSame = this.#options.immutable === true || validatorOf(answer.value) === this.#validator;
    if (status === 200 && isSame) return this.#receivedBytes;
    if (status !== 200 && status !== 206 && status !== 416)
      throw new HttpBodyError(statusFailure(answer.value, Date.now()));
    answer.value.close();
    const message = `${redactUrl(this.#url)}: the document changed while it was fetched (after ${this.#receivedBytes} bytes)`;
    throw new HttpBodyError({ kind: 'truncated', message, retryable: true });
  }
}

/** What `If-Range` may hold: a strong entity tag, else the date. @see RFC 9110 section 13.1.5 */
function validatorOf({ headers }: HttpResponse): string | undefined {
  const { etag } = headers;
  return etag?.startsWith('"') ? etag : headers['last-modified'];
}

function rangeStart({ headers }: HttpResponse): number | undefined {
  const match = /^bytes (\d{1,16})-/.exec(headers['content-range'] ?? '');
  return match?.[1] === undefined ? undefined : Number(match[1]);
}
