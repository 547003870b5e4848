/**
 * The end of a call, which cuts short whatever waits on the call's behalf. A `Promise.race` with one promise that lives as
 * long as the call would keep every answer of a stream until then: 2.3 KB a message of `ApplyUpdate`, 1.8 GB for a large feed.
 */
export class CallEnd {
  readonly #waiting = new Set<(reason: unknown) => void>();
  #ended: { readonly reason: unknown } | undefined;

  /** Settles as `work` does, or rejects with the reason of the end when that comes first, or came before. */
  orEnd<T>(work: Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    if (this.#ended === undefined) this.#waiting.add(reject);
    else reject(this.#ended.reason);
    work.then(
      (value) => {
        this.#waiting.delete(reject);
        resolve(value);
      },
      (error: unknown) => {
        this.#waiting.delete(reject);
        reject(error);
      },
    );
    return promise;
  }

  /** The first reason counts. */
  end(reason: unknown): void {
    if (this.#ended !== undefined) return;
    this.#ended = { reason };
    for (const reject of this.#waiting) reject(reason);
    this.#waiting.clear();
  }
}
