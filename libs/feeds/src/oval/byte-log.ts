import { MalformedDocument } from '../feed.ts';

const SEGMENT_BITS = 20;
const SEGMENT_BYTES = 1 << SEGMENT_BITS;
const SEGMENT_MASK = SEGMENT_BYTES - 1;

/**
 * Bytes that are only ever appended, outside the JavaScript heap, and read back by the position at which they were put.
 * It grows by a segment at a time, so that growing never needs the double of what is kept.
 */
export class ByteLog {
  readonly #segments: Uint8Array[] = [];
  readonly #bytesMax: number;
  #length = 0;

  /** Beyond `bytesMax` (at most 2^32) appending throws {@link MalformedDocument}. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get length(): number {
    return this.#length;
  }

  appendByte(byte: number): void {
    this.#lastSegment()[this.#length & SEGMENT_MASK] = byte;
    this.#length++;
  }

  append(bytes: Uint8Array): void {
    let from = 0;
    while (from < bytes.length) {
      const segment = this.#lastSegment();
      const at = this.#length & SEGMENT_MASK;
      const part = bytes.subarray(from, from + SEGMENT_BYTES - at);
      segment.set(part, at);
      from += part.length;
      this.#length += part.length;
    }
  }

  #lastSegment(): Uint8Array {
    const known = this.#segments[this.#length >>> SEGMENT_BITS];
    if (known !== undefined) return known;
    if (this.#length >= this.#bytesMax)
      throw new MalformedDocument(`more than ${this.#bytesMax} bytes of the document would have to be kept`);
    const segment = new Uint8Array(SEGMENT_BYTES);
    this.#segments.push(segment);
    return segment;
  }

  /** A number from 0 to 2^53 - 1, in seven bits a byte, the lowest first. */
  appendNumber(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.appendByte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.appendByte(rest);
  }

  byteAt(position: number): number {
    return this.#segments[position >>> SEGMENT_BITS]?.[position & SEGMENT_MASK] ?? 0;
  }

  /** The bytes of a range: a view where they lie in one segment, else a copy. */
  bytesAt(position: number, length: number): Uint8Array {
    const from = position & SEGMENT_MASK;
    if (from + length <= SEGMENT_BYTES) {
      return this.#segments[position >>> SEGMENT_BITS]?.subarray(from, from + length) ?? new Uint8Array(0);
    }
    const copy = new Uint8Array(length);
    for (let i = 0; i < length; i++) copy[i] = this.byteAt(position + i);
    return copy;
  }
}

/** Reads a {@link ByteLog} onward from a position. */
export class ByteLogReader {
  readonly #log: ByteLog;
  position: number;

  constructor(log: ByteLog, position: number) {
    this.#log = log;
    this.position = position;
  }

  number(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.#log.byteAt(this.position++);
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
  }

  bytes(length: number): Uint8Array {
    const bytes = this.#log.bytesAt(this.position, length);
    this.position += length;
    return bytes;
  }
}
