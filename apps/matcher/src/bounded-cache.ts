interface Entry<V> {
  readonly value: V;
  readonly bytes: number;
}

/** The values used last, in at most `bytesMax` bytes by the estimate of `weigh`. Values are shared: nobody changes them. */
export class BoundedCache<V> {
  readonly #bytesMax: number;
  readonly #weigh: (value: V) => number;
  /** Oldest use first. */
  readonly #entries = new Map<string, Entry<V>>();
  #bytes = 0;

  constructor(bytesMax: number, weigh: (value: V) => number) {
    this.#bytesMax = bytesMax;
    this.#weigh = weigh;
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** A value that alone is beyond the bound is not kept. */
  set(key: string, value: V): void {
    const bytes = this.#weigh(value);
    this.#drop(key);
    if (bytes > this.#bytesMax) return;
    this.#entries.set(key, { value, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#bytesMax) return;
      this.#drop(oldest);
    }
  }

  /** By estimate. */
  get bytes(): number {
    return this.#bytes;
  }

  #drop(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
  }
}
