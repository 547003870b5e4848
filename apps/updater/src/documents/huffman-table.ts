import type { BitInput } from './bit-input.ts';

/** bzip2 allows no longer code. */
export const CODE_BITS_MAX = 20;
const FAST_BITS = 10;

/** A canonical Huffman code, most significant bit first. */
export class HuffmanTable {
  /** By the next {@link FAST_BITS} bits: `length << 9 | symbol`; 0: the code is longer. */
  readonly #fast = new Uint16Array(1 << FAST_BITS);
  /** Symbols in the order of their codes. */
  readonly #symbols: Uint16Array;
  /** By length: the first code, the number of codes, and where their symbols are. */
  readonly #first = new Int32Array(CODE_BITS_MAX + 1);
  readonly #count = new Int32Array(CODE_BITS_MAX + 1);
  readonly #offset = new Int32Array(CODE_BITS_MAX + 1);

  /** By symbol: the length of its code, 1 to {@link CODE_BITS_MAX}; at most 512 symbols. */
  constructor(lengths: Uint8Array) {
    this.#symbols = new Uint16Array(lengths.length);
    for (const length of lengths) this.#count[length] = (this.#count[length] ?? 0) + 1;
    let code = 0;
    let at = 0;
    for (let length = 1; length <= CODE_BITS_MAX; length++) {
      code <<= 1;
      this.#first[length] = code;
      this.#offset[length] = at;
      for (let symbol = 0; symbol < lengths.length; symbol++) {
        if (lengths[symbol] !== length) continue;
        this.#symbols[at++] = symbol;
        if (length <= FAST_BITS) this.#fillFast(code, length, symbol);
        code += 1;
      }
    }
  }

  #fillFast(code: number, length: number, symbol: number): void {
    const from = code << (FAST_BITS - length);
    this.#fast.fill((length << 9) | symbol, from, from + (1 << (FAST_BITS - length)));
  }

  /** The next symbol; -1 when the bits are no code of this table. */
  next(input: BitInput): number {
    const bits = input.peek(CODE_BITS_MAX);
    const fast = this.#fast[bits >>> (CODE_BITS_MAX - FAST_BITS)] ?? 0;
    if (fast !== 0) {
      input.skip(fast >>> 9);
      return fast & 511;
    }
    for (let length = FAST_BITS + 1; length <= CODE_BITS_MAX; length++) {
      const index = (bits >>> (CODE_BITS_MAX - length)) - (this.#first[length] ?? 0);
      if (index < 0 || index >= (this.#count[length] ?? 0)) continue;
      input.skip(length);
      return this.#symbols[(this.#offset[length] ?? 0) + index] ?? -1;
    }
    return -1;
  }
}
