import { MalformedDocument } from '@clair/feeds';
import type { BitInput } from './bit-input.ts';
import { CODE_BITS_MAX, HuffmanTable } from './huffman-table.ts';

const GROUP_SYMBOLS = 50;
const PIECE_BYTES = 128 * 1024;
/** A run of the first stage is at most 4 + 255 bytes. */
const RUN_BYTES_MAX = 259;

/** One block of a bzip2 stream: {@link read} and then {@link pieces}, as often as there are blocks. */
export class Bzip2Block {
  readonly #symbolsMax: number;
  /** The last column of the sorted rotations, and above its 8 bits the row that comes next. */
  readonly #rows: Uint32Array;
  #count = 0;
  #first = 0;
  #checksum = 0;

  constructor(symbolsMax: number) {
    this.#symbolsMax = symbolsMax;
    this.#rows = new Uint32Array(symbolsMax);
  }

  /** Of the bytes that {@link pieces} gave; right when it has ended. */
  get checksum(): number {
    return this.#checksum;
  }

  /** Reads what follows the block's checksum. */
  read(input: BitInput): void {
    if (input.read(1) !== 0) throw damaged('the block is randomised, as no writer has done since 1997');
    this.#first = input.read(24);
    const bytes = readBytesUsed(input);
    const tables = readTables(input, bytes.length + 2);
    this.#count = this.#readColumn(input, bytes, tables);
    if (this.#first >= this.#count) throw damaged('the block begins outside of itself');
    this.#linkRows();
  }

  /** Undoes the Huffman code, the zero runs and the move to front; returns how many rows there are. */
  #readColumn(input: BitInput, bytes: Uint8Array, tables: CodeTables): number {
    const rows = this.#rows;
    const endSymbol = bytes.length + 1;
    let count = 0;
    let run = 0;
    let runWeight = 1;
    for (let group = 0; ; group++) {
      const table = tables.of(group);
      if (group % 1024 === 0) input.requireWithin();
      for (let left = GROUP_SYMBOLS; left > 0; left--) {
        const symbol = table.next(input);
        if (symbol === 0 || symbol === 1) {
          run += runWeight << symbol;
          runWeight <<= 1;
          if (run > this.#symbolsMax) throw damaged('a run is longer than its block');
          continue;
        }
        if (run > 0) {
          if (count + run > this.#symbolsMax) throw damaged('the block is longer than it may be');
          rows.fill(bytes[0] ?? 0, count, count + run);
          count += run;
          run = 0;
          runWeight = 1;
        }
        if (symbol === endSymbol) return count;
        if (symbol < 0) throw damaged('bits that are no code');
        if (count >= this.#symbolsMax) throw damaged('the block is longer than it may be');
        const byte = bytes[symbol - 1] ?? 0;
        bytes.copyWithin(1, 0, symbol - 1);
        bytes[0] = byte;
        rows[count++] = byte;
      }
    }
  }

  #linkRows(): void {
    const rows = this.#rows;
    const next = new Int32Array(257);
    for (let row = 0; row < this.#count; row++) {
      const after = (rows[row] ?? 0) + 1;
      next[after] = (next[after] ?? 0) + 1;
    }
    for (let byte = 1; byte < 257; byte++) next[byte] = (next[byte] ?? 0) + (next[byte - 1] ?? 0);
    for (let row = 0; row < this.#count; row++) {
      const byte = (rows[row] ?? 0) & 0xff;
      const target = next[byte] ?? 0;
      next[byte] = target + 1;
      rows[target] = (rows[target] ?? 0) | (row << 8);
    }
  }

  /** The bytes of the block: four equal ones are followed by how many more of them there are. */
  *pieces(): Generator<Buffer> {
    const rows = this.#rows;
    let entry = rows[this.#first] ?? 0;
    let checksum = 0xffffffff;
    let previous = -1;
    let equal = 0;
    let piece = Buffer.allocUnsafe(PIECE_BYTES + RUN_BYTES_MAX);
    let filled = 0;
    for (let left = this.#count; left > 0; left--) {
      entry = rows[entry >>> 8] ?? 0;
      const byte = entry & 0xff;
      const isCount = equal === 4;
      equal = isCount ? 0 : byte === previous ? equal + 1 : 1;
      const value = isCount ? previous : byte;
      for (let copies = isCount ? byte : 1; copies > 0; copies--) {
        checksum = (checksum << 8) ^ (CRC_TABLE[(checksum >>> 24) ^ value] ?? 0);
        piece[filled++] = value;
      }
      previous = isCount ? -1 : byte;
      if (filled < PIECE_BYTES) continue;
      yield piece.subarray(0, filled);
      piece = Buffer.allocUnsafe(PIECE_BYTES + RUN_BYTES_MAX);
      filled = 0;
    }
    this.#checksum = ~checksum >>> 0;
    if (filled > 0) yield piece.subarray(0, filled);
  }
}

/** Which of 256 byte values occur: 16 bits for the sixteens, then 16 bits for each of those. */
function readBytesUsed(input: BitInput): Uint8Array {
  const sixteens = input.read(16);
  const bytes: number[] = [];
  for (let high = 0; high < 16; high++) {
    if ((sixteens & (0x8000 >>> high)) === 0) continue;
    const used = input.read(16);
    for (let low = 0; low < 16; low++) if ((used & (0x8000 >>> low)) !== 0) bytes.push(high * 16 + low);
  }
  if (bytes.length === 0) throw damaged('a block of no bytes');
  return Uint8Array.from(bytes);
}

interface CodeTables {
  of(group: number): HuffmanTable;
}

function readTables(input: BitInput, symbols: number): CodeTables {
  const tableCount = input.read(3);
  const groups = input.read(15);
  if (tableCount < 2 || tableCount > 6 || groups === 0) throw damaged('no code tables');
  const order = Array.from({ length: tableCount }, (_, index) => index);
  const selectors = new Uint8Array(groups);
  for (let group = 0; group < groups; group++) {
    let back = 0;
    while (input.read(1) === 1) if (++back >= tableCount) throw damaged('a code table that is not there');
    const [selected = 0] = order.splice(back, 1);
    order.unshift(selected);
    selectors[group] = selected;
  }
  const tables = Array.from({ length: tableCount }, () => new HuffmanTable(readCodeLengths(input, symbols)));
  return {
    of(group) {
      const table = group < groups ? tables[selectors[group] ?? 0] : undefined;
      if (table === undefined) throw damaged('more symbols than it says');
      return table;
    },
  };
}

/** Each length is told by its difference from the one before. */
function readCodeLengths(input: BitInput, symbols: number): Uint8Array {
  const lengths = new Uint8Array(symbols);
  let length = input.read(5);
  for (let symbol = 0; symbol < symbols; symbol++) {
    for (;;) {
      if (length < 1 || length > CODE_BITS_MAX) throw damaged('an impossible code length');
      if (input.read(1) === 0) break;
      length += input.read(1) === 0 ? 1 : -1;
    }
    lengths[symbol] = length;
    input.requireWithin();
  }
  return lengths;
}

function damaged(what: string): MalformedDocument {
  return new MalformedDocument(`the bzip2 data is damaged: ${what}`);
}

/** CRC-32 with the bits in the other order than zlib's. */
const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit++) value = value < 0 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value;
});
