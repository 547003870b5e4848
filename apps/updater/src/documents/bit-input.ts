import { MalformedDocument } from '@clair/feeds';

/** The bits of a stream of bytes, most significant first, with as many bytes at hand as {@link fill} was asked for. */
export class BitInput {
  readonly #source: AsyncIterator<Uint8Array>;
  #bytes: Buffer = Buffer.alloc(0);
  /** The next byte that is not in {@link #held}. */
  #at = 0;
  #held = 0;
  #heldBits = 0;
  #ended = false;

  constructor(source: AsyncIterator<Uint8Array>) {
    this.#source = source;
  }

  /** Has `wanted` bytes at hand when it resolves, or all that are left. */
  async fill(wanted: number): Promise<void> {
    if (this.#ended || this.#bytes.length - this.#at >= wanted) return;
    const pieces: Uint8Array[] = [this.#bytes.subarray(this.#at)];
    let bytes = this.#bytes.length - this.#at;
    // More than was asked for, so that what is left over is not copied for every block.
    while (bytes < wanted * 2) {
      const next = await this.#source.next();
      if (next.done === true) {
        this.#ended = true;
        break;
      }
      pieces.push(next.value);
      bytes += next.value.length;
    }
    this.#bytes = Buffer.concat(pieces, bytes);
    this.#at = 0;
  }

  /** Whether there is nothing left; only right when {@link fill} was called. */
  get isAtEnd(): boolean {
    return this.#heldBits < 8 && this.#at >= this.#bytes.length;
  }

  /** The next `count` bits, at most 24, without using them up; zeros follow the end. */
  peek(count: number): number {
    while (this.#heldBits < count) {
      this.#held = (this.#held << 8) | (this.#bytes[this.#at] ?? 0);
      this.#at += 1;
      this.#heldBits += 8;
    }
    return (this.#held >>> (this.#heldBits - count)) & ((1 << count) - 1);
  }

  /** Uses up bits that were peeked at. */
  skip(count: number): void {
    this.#heldBits -= count;
  }

  /** The next `count` bits, at most 24. */
  read(count: number): number {
    const value = this.peek(count);
    this.#heldBits -= count;
    return value;
  }

  readWord(): number {
    const high = this.read(16);
    return ((high << 16) | this.read(16)) >>> 0;
  }

  alignToByte(): void {
    this.#heldBits -= this.#heldBits % 8;
  }

  /** Throws when more was read than there is. */
  requireWithin(): void {
    const unread = this.#heldBits >> 3;
    if (this.#at - unread > this.#bytes.length) throw new MalformedDocument('the bzip2 data ends in the middle');
  }
}
