/** Thrown by {@link PacedSource.next} when the time is up. */
export class Overdue extends Error {
  override readonly name = 'Overdue';
  readonly limit: 'idle' | 'total';
  readonly afterMs: number;

  constructor(limit: 'idle' | 'total', afterMs: number) {
    super(`${limit === 'idle' ? 'nothing arrived for' : 'not finished after'} ${Math.round(afterMs)} ms`);
    this.limit = limit;
    this.afterMs = afterMs;
  }
}

export interface Pace {
  /** For everything. */
  readonly timeoutMs: number;
  /** When that has passed, by `performance.now()`, for who began earlier. Default: {@link timeoutMs} from now. */
  readonly deadlineMs?: number;
  /** Longest wait for a piece; absent where the source sees to that itself, and may have more to try when it is over. */
  readonly idleMs?: number;
  readonly signal: AbortSignal;
}

/**
 * Pulls pieces from a source that may hang for ever. A pull ends with the piece, with the source's error, with
 * {@link Overdue}, or with the reason of the signal; time that the consumer takes between two pulls is not idle time.
 */
export class PacedSource {
  readonly #iterator: AsyncIterator<Uint8Array>;
  readonly #pace: Pace;
  readonly #totalTimer: NodeJS.Timeout;
  readonly #onAbort: () => void;
  #cancel: ((reason: unknown) => void) | undefined;
  #failure: { readonly reason: unknown } | undefined;

  constructor(source: AsyncIterable<Uint8Array>, pace: Pace) {
    this.#iterator = source[Symbol.asyncIterator]();
    this.#pace = pace;
    const leftMs = pace.deadlineMs === undefined ? pace.timeoutMs : Math.max(0, pace.deadlineMs - performance.now());
    this.#totalTimer = setTimeout(() => this.#fail(new Overdue('total', pace.timeoutMs)), leftMs);
    this.#onAbort = () => this.#fail(pace.signal.reason);
    pace.signal.addEventListener('abort', this.#onAbort, { once: true });
    if (pace.signal.aborted) this.#onAbort();
  }

  /** The next piece; `undefined` at the end. */
  next(): Promise<Uint8Array | undefined> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure.reason);
    return new Promise((resolve, reject) => {
      const { idleMs } = this.#pace;
      const idle = idleMs === undefined ? undefined : setTimeout(() => this.#fail(new Overdue('idle', idleMs)), idleMs);
      const settle = () => {
        clearTimeout(idle);
        this.#cancel = undefined;
      };
      this.#cancel = (reason) => {
        settle();
        reject(reason);
      };
      this.#iterator.next().then(
        (step) => {
          settle();
          resolve(step.done === true ? undefined : step.value);
        },
        (reason: unknown) => {
          settle();
          reject(reason);
        },
      );
    });
  }

  /** Lets go of timers and of the source. A source that hangs is told to stop but not waited for. */
  close(): void {
    clearTimeout(this.#totalTimer);
    this.#pace.signal.removeEventListener('abort', this.#onAbort);
    const closing = this.#iterator.return?.();
    if (closing !== undefined) closing.then(undefined, () => undefined);
  }

  #fail(reason: unknown): void {
    this.#failure ??= { reason };
    this.#cancel?.(reason);
  }
}
