import { MalformedDocument } from '../feed.ts';
import type { Scratch } from '../scratch.ts';

const SEGMENT_BITS = 18;
const SEGMENT_BYTES = 1 << SEGMENT_BITS;
const SEGMENT_MASK = SEGMENT_BYTES - 1;
/** The segment that is written, and the two that a read across a border needs. */
const RESIDENT_SEGMENTS_MIN = 3;
const NOTHING = new Uint8Array(0);

export interface ByteLogOptions {
  /** At most 2^32 - 1. A document that needs more is a {@link MalformedDocument}. */
  readonly bytesMax: number;
  /** Where full segments go when more than `residentBytesMax` are in memory; without it all of them stay. */
  readonly scratch?: Scratch | undefined;
  readonly residentBytesMax?: number;
}

/**
 * Bytes that are only ever appended, outside the JavaScript heap, and read back by the position at which they were put.
 * It grows by a segment at a time, so that growing never needs the double of what is kept; segments that were not read for the longest
 * time are in the scratch file.
 */
export class ByteLog {
  /** `undefined`: in the scratch file. */
  readonly #segments: (Uint8Array | undefined)[] = [];
  readonly #placeInScratch: (number | undefined)[] = [];
  readonly #usedAt: number[] = [];
  /** Numbers of the segments in memory. */
  readonly #resident: number[] = [];
  readonly #residentMax: number;
  readonly #scratch: Scratch | undefined;
  readonly #bytesMax: number;
  #uses = 0;
  #length = 0;

  constructor({ bytesMax, scratch, residentBytesMax = 0 }: ByteLogOptions) {
    this.#bytesMax = bytesMax;
    this.#scratch = scratch;
    this.#residentMax = Math.max(RESIDENT_SEGMENTS_MIN, Math.floor(residentBytesMax / SEGMENT_BYTES));
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
    const number = position >>> SEGMENT_BITS;
    return (this.#segments[number] ?? this.#load(number))[position & SEGMENT_MASK] ?? 0;
  }

  /** The bytes of a range: a view, good until the next call, where they lie in one segment, else a copy. */
  bytesAt(position: number, length: number): Uint8Array {
    const number = position >>> SEGMENT_BITS;
    const from = position & SEGMENT_MASK;
    this.#usedAt[number] = ++this.#uses;
    if (from + length <= SEGMENT_BYTES) {
      return (this.#segments[number] ?? this.#load(number)).subarray(from, from + length);
    }
    const copy = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const part = this.bytesAt(
        position + done,
        Math.min(length - done, SEGMENT_BYTES - ((position + done) & SEGMENT_MASK)),
      );
      copy.set(part, done);
      done += part.length || length;
    }
    return copy;
  }

  #lastSegment(): Uint8Array {
    const number = this.#length >>> SEGMENT_BITS;
    // What is not full has never left.
    const known = this.#segments[number];
    if (known !== undefined) return known;
    if (this.#length >= this.#bytesMax)
      throw new MalformedDocument(`more than ${this.#bytesMax} bytes of the document would have to be kept`);
    return this.#hold(number, this.#freeSegment());
  }

  #load(number: number): Uint8Array {
    const place = this.#placeInScratch[number];
    if (place === undefined) return NOTHING;
    const segment = this.#freeSegment();
    this.#scratch?.read(place, segment);
    return this.#hold(number, segment);
  }

  #hold(number: number, segment: Uint8Array): Uint8Array {
    this.#segments[number] = segment;
    this.#usedAt[number] = ++this.#uses;
    this.#resident.push(number);
    return segment;
  }

  /** A new one, or the one that was not used for the longest time, its content put into the scratch file. */
  #freeSegment(): Uint8Array {
    if (this.#scratch === undefined || this.#resident.length < this.#residentMax) return new Uint8Array(SEGMENT_BYTES);
    const writing = this.#length >>> SEGMENT_BITS;
    let oldest = -1;
    for (const [index, number] of this.#resident.entries()) {
      if (number === writing) continue;
      if (oldest < 0 || this.#useOf(index) < this.#useOf(oldest)) oldest = index;
    }
    const [number = 0] = this.#resident.splice(oldest, 1);
    const segment = this.#segments[number] ?? NOTHING;
    this.#placeInScratch[number] ??= this.#scratch.append(segment);
    this.#segments[number] = undefined;
    return segment;
  }

  #useOf(residentIndex: number): number {
    return this.#usedAt[this.#resident[residentIndex] ?? 0] ?? 0;
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

  /** Good until the log is read again. */
  bytes(length: number): Uint8Array {
    const bytes = this.#log.bytesAt(this.position, length);
    this.position += length;
    return bytes;
  }
}
