const BUFFER_ITEMS = 500;

/**
 * Hands items from a writer that runs inside a callback (a transaction) to a reader that pulls. The writer waits while
 * {@link BUFFER_ITEMS} are not taken yet. One writer, one reader.
 */
export class HandOver<T> {
  #items: T[] = [];
  #ending: { readonly error?: unknown; readonly failed: boolean } | undefined;
  #abandoned = false;
  #changed = Promise.withResolvers<void>();

  /** Resolves when there is room for more; false when the reader is gone and nothing more is wanted. */
  async put(item: T): Promise<boolean> {
    this.#items.push(item);
    if (this.#items.length === 1) this.#wake();
    while (this.#items.length >= BUFFER_ITEMS && !this.#abandoned) await this.#changed.promise;
    return !this.#abandoned;
  }

  end(): void {
    this.#ending ??= { failed: false };
    this.#wake();
  }

  /** The reader gets what was put before, then this error. */
  fail(error: unknown): void {
    this.#ending ??= { failed: true, error };
    this.#wake();
  }

  /** The reader will not come back. */
  abandon(): void {
    this.#abandoned = true;
    this.#wake();
  }

  async *taken(): AsyncGenerator<T> {
    while (true) {
      const batch = this.#items;
      if (batch.length > 0) {
        this.#items = [];
        this.#wake();
        yield* batch;
      } else if (this.#ending === undefined) {
        await this.#changed.promise;
      } else {
        if (this.#ending.failed) throw this.#ending.error;
        return;
      }
    }
  }

  #wake(): void {
    const { resolve } = this.#changed;
    this.#changed = Promise.withResolvers<void>();
    resolve();
  }
}
