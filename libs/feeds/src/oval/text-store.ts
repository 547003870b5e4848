import { ByteLog, type ByteLogOptions, ByteLogReader } from './byte-log.ts';
import { PositionTable } from './position-table.ts';
import { decodeText, encodeText } from './text-bytes.ts';

/** Longer texts (descriptions) are hardly ever there twice and are not looked for. */
const SHARED_CHARS_MAX = 300;

/**
 * Texts by number, equal short ones once, outside the JavaScript heap. A text cut out of a parser's buffer would keep the whole
 * buffer alive; here only its bytes are.
 */
export class TextStore {
  readonly #log: ByteLog;
  readonly #shared = new PositionTable();
  readonly #sharedCharsMax: number;

  constructor(options: ByteLogOptions, sharedCharsMax = SHARED_CHARS_MAX) {
    this.#log = new ByteLog(options);
    this.#sharedCharsMax = sharedCharsMax;
  }

  /** Bytes that it takes. */
  get length(): number {
    return this.#log.length;
  }

  /** The number under which {@link get} gives the text. The same for equal texts of up to 300 characters. */
  put(text: string): number {
    if (text.length > this.#sharedCharsMax) return this.#append(encodeText(text));
    const known = this.find(text);
    if (known !== undefined) return known;
    const bytes = encodeText(text);
    const position = this.#append(bytes);
    this.#shared.add(hash(bytes), position);
    return position;
  }

  get(position: number): string {
    return decodeText(this.#bytesAt(position));
  }

  /** The number of a text of up to 300 characters that was put before. */
  find(text: string): number | undefined {
    // Nearly all texts are ASCII, and most are there already: these are neither encoded nor copied.
    const asciiHash = hashAscii(text);
    if (asciiHash !== undefined) return this.#shared.find(asciiHash, (position) => this.#isAscii(position, text));
    const bytes = encodeText(text);
    return this.#shared.find(hash(bytes), (position) => equalBytes(this.#bytesAt(position), bytes));
  }

  #isAscii(position: number, text: string): boolean {
    const reader = new ByteLogReader(this.#log, position);
    if (reader.number() !== text.length) return false;
    const from = reader.position;
    for (let i = 0; i < text.length; i++) if (this.#log.byteAt(from + i) !== text.charCodeAt(i)) return false;
    return true;
  }

  #append(bytes: Uint8Array): number {
    const position = this.#log.length;
    this.#log.appendNumber(bytes.length);
    this.#log.append(bytes);
    return position;
  }

  #bytesAt(position: number): Uint8Array {
    const reader = new ByteLogReader(this.#log, position);
    return reader.bytes(reader.number());
  }
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** {@link hash} of the bytes of an ASCII text; `undefined` for another. */
function hashAscii(text: string): number | undefined {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return undefined;
    value = Math.imul(value ^ code, 0x01000193);
  }
  return value >>> 0;
}

/** FNV-1a. @see https://www.rfc-editor.org/rfc/rfc9923 */
function hash(bytes: Uint8Array): number {
  let value = 0x811c9dc5;
  for (const byte of bytes) value = Math.imul(value ^ byte, 0x01000193);
  return value >>> 0;
}
