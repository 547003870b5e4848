import { CallEnd } from './call-end.ts';

/** Why a call ended before its handler did. */
export type OwnEnd =
  | { readonly kind: 'aborted'; readonly error: Error }
  | { readonly kind: 'deadline' }
  | { readonly kind: 'request-failed'; readonly error: unknown };

/** The life of one call without a wire: one end for the caller, one for the handler, and what ends it early. */
export class InProcessCall {
  readonly #handler = new AbortController();
  readonly #end = new CallEnd();
  readonly #released = new AbortController();
  #ownEnd: OwnEnd | undefined;

  constructor(caller: AbortSignal | undefined, deadlineMs: number | undefined) {
    const abort = () => this.#endEarly({ kind: 'aborted', error: abortError() });
    if (caller?.aborted) abort();
    else caller?.addEventListener('abort', abort, { signal: this.#released.signal });
    if (deadlineMs === undefined) return;
    const timer = setTimeout(() => this.#endEarly({ kind: 'deadline' }), deadlineMs);
    this.#released.signal.addEventListener('abort', () => clearTimeout(timer));
  }

  /** Aborted when the caller is no longer interested. */
  get signal(): AbortSignal {
    return this.#handler.signal;
  }

  ownEnd(): OwnEnd | undefined {
    return this.#ownEnd;
  }

  throwIfEnded(): void {
    if (this.#ownEnd !== undefined) throw abortError();
  }

  /** The handler's answer, or a rejection as soon as the call ends early. */
  orEnd(answer: unknown): Promise<unknown> {
    return this.#end.orEnd(Promise.resolve(answer));
  }

  /** The handler's answers, as long as the call goes on. Leaving the loop early closes the handler's iterator. */
  async *untilEnd(answers: AsyncIterable<unknown>): AsyncGenerator<unknown> {
    const iterator = answers[Symbol.asyncIterator]();
    try {
      for (;;) {
        const step = await this.#end.orEnd(iterator.next());
        if (step.done) return;
        yield step.value;
      }
    } finally {
      this.#handler.abort();
      closeQuietly(iterator);
    }
  }

  /** The caller's messages, as the handler sees them. A caller whose iterable throws has its call ended with that error. */
  async *requests(source: AsyncIterable<unknown>, normalise: (message: unknown) => unknown): AsyncGenerator<unknown> {
    const iterator = source[Symbol.asyncIterator]();
    try {
      for (;;) {
        const step = await this.#end.orEnd(this.#readRequest(iterator, normalise));
        if (step.done) return;
        yield step.value;
      }
    } finally {
      closeQuietly(iterator);
    }
  }

  /** To be called when the caller has its answer. The handler's signal tells whoever still works. */
  end(): void {
    this.#released.abort();
    this.#handler.abort();
    this.#end.end(abortError());
  }

  async #readRequest(
    iterator: AsyncIterator<unknown>,
    normalise: (message: unknown) => unknown,
  ): Promise<IteratorResult<unknown>> {
    try {
      const step = await iterator.next();
      return step.done ? step : { done: false, value: normalise(step.value) };
    } catch (error) {
      this.#endEarly({ kind: 'request-failed', error });
      throw abortError();
    }
  }

  #endEarly(end: OwnEnd): void {
    this.#ownEnd ??= end;
    this.#handler.abort();
    this.#end.end(abortError());
  }
}

/** The same error, by name, that a call over the wire rejects with when its signal is aborted. */
function abortError(): Error {
  const error = new Error('The operation has been aborted');
  error.name = 'AbortError';
  return error;
}

/** An iterator that is waiting for something answers `return()` only afterwards, so nobody waits for that. */
function closeQuietly(iterator: AsyncIterator<unknown>): void {
  iterator.return?.()?.then(undefined, () => undefined);
}
