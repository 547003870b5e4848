/** Reads the variable-length integers of a stretch of bytes, one after the other. */
export class VarintReader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** Where the next integer starts. */
  get at(): number {
    return this.#at;
  }

  /**
   * The next integer, big-endian in 1 to 9 bytes, signed 64 bit; a bigint only where a number would not be exact.
   * `undefined` when the bytes end in it. @see https://www.sqlite.org/fileformat2.html#varint
   */
  next(): number | bigint | undefined {
    let value = 0;
    for (let length = 0; length < 7; length += 1) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) return undefined;
      this.#at += 1;
      value = value * 128 + (byte & 127);
      if (byte < 128) return value;
    }
    return this.#nextLong(value);
  }

  /** The next integer where only a length or count makes sense; `undefined` also for what cannot be one. */
  nextLength(): number | undefined {
    const value = this.next();
    return typeof value === 'number' && value >= 0 ? value : undefined;
  }

  #nextLong(high: number): number | bigint | undefined {
    const eighth = this.#bytes[this.#at];
    if (eighth === undefined) return undefined;
    this.#at += 1;
    const wide = (BigInt(high) << 7n) | BigInt(eighth & 127);
    if (eighth < 128) return exactInteger(wide);
    const ninth = this.#bytes[this.#at];
    if (ninth === undefined) return undefined;
    this.#at += 1;
    return exactInteger(BigInt.asIntN(64, (wide << 8n) | BigInt(ninth)));
  }
}

/** The value as a number where that is exact. */
export function exactInteger(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
