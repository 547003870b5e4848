/** Bytes to be read in parts: a file, or a part of one. */
export interface ByteSource {
  readonly size: number;
  /** At most `length` bytes; fewer at the end. */
  read(offset: number, length: number): Uint8Array;
}

/** Numbers in bytes, in one byte order. What lies beyond the end reads as 0. */
export class ByteView {
  readonly #bytes: Uint8Array;
  readonly #isLittleEndian: boolean;

  constructor(bytes: Uint8Array, isLittleEndian: boolean) {
    this.#bytes = bytes;
    this.#isLittleEndian = isLittleEndian;
  }

  get length(): number {
    return this.#bytes.length;
  }

  u8(at: number): number {
    return this.#bytes[at] ?? 0;
  }

  u16(at: number): number {
    return this.#isLittleEndian ? this.u8(at) | (this.u8(at + 1) << 8) : (this.u8(at) << 8) | this.u8(at + 1);
  }

  u32(at: number): number {
    return this.#isLittleEndian
      ? this.u16(at) + this.u16(at + 2) * 0x1_0000
      : this.u16(at) * 0x1_0000 + this.u16(at + 2);
  }

  /** Beyond 2^53 not exact, and larger than any file: such an address or offset leads nowhere. */
  u64(at: number): number {
    const [low, high] = this.#isLittleEndian ? [this.u32(at), this.u32(at + 4)] : [this.u32(at + 4), this.u32(at)];
    return high * 0x1_0000_0000 + low;
  }

  /** An address or a size of that many bytes. */
  word(at: number, bytes: 4 | 8): number {
    return bytes === 4 ? this.u32(at) : this.u64(at);
  }

  /** ASCII up to the first zero byte, or `length` characters. */
  name(at: number, length: number): string {
    let text = '';
    for (let index = at; index < Math.min(at + length, this.#bytes.length); index++) {
      const byte = this.u8(index);
      if (byte === 0) break;
      text += String.fromCharCode(byte);
    }
    return text;
  }
}
