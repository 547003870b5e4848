/** Delays that double from `firstMs` to `lastMs`, each shortened by up to a half at random so that replicas spread out. */
export class Backoff {
  readonly #firstMs: number;
  readonly #lastMs: number;
  #attempts = 0;

  constructor(firstMs: number, lastMs: number) {
    this.#firstMs = firstMs;
    this.#lastMs = lastMs;
  }

  get attempts(): number {
    return this.#attempts;
  }

  next(): number {
    const delayMs = Math.min(this.#firstMs * 2 ** this.#attempts, this.#lastMs);
    this.#attempts += 1;
    return delayMs * (1 - Math.random() / 2);
  }

  reset(): void {
    this.#attempts = 0;
  }
}
