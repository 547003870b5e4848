/** Why a request did not give what it should. A subset of what can go wrong with a layer, with the same meaning. */
export interface HttpFailure {
  readonly kind: 'http' | 'unreachable' | 'timeout' | 'truncated' | 'limit' | 'forbidden-address' | 'bad-url';
  /** What, where (without the query and without credentials), and what to do. */
  readonly message: string;
  readonly retryable: boolean;
  /** For `http`: the status that was answered. */
  readonly status?: number;
  /** How long the server asked to wait. */
  readonly retryAfterMs?: number;
}

/** The only thing that iterating a response body throws, besides the reason of the caller's signal. */
export class HttpBodyError extends Error {
  override readonly name = 'HttpBodyError';
  readonly failure: HttpFailure;

  constructor(failure: HttpFailure, cause?: unknown) {
    super(failure.message, { cause });
    this.failure = failure;
  }
}
