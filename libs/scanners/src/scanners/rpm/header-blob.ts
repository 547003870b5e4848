import { err, ok, type Result } from '@clair/model';
import { decodeText } from '../../sqlite/text-decoding.ts';

const PREFIX_BYTES = 8;
const ENTRY_BYTES = 16;
const ENTRIES_MAX = 65_535;
/** Values of one tag that are made into lists. The largest packages have some 100,000 files. */
const VALUES_MAX = 2_000_000;

const INT16 = 3;
const INT32 = 4;
const STRING = 6;
const BINARY = 7;
const STRING_ARRAY = 8;
const TRANSLATED = 9;
/** Bytes of one value by type; 0 for strings, whose length only their end says. */
const TYPE_BYTES: readonly number[] = [0, 1, 1, 2, 4, 8, 0, 1, 0, 0];

interface Entry {
  readonly type: number;
  readonly from: number;
  readonly count: number;
}

/**
 * The tags of a package header, read as they are asked for. Getters give `undefined` when the header does not have
 * the tag, and an error when it has it in a form that does not read.
 */
export class HeaderBlob {
  readonly #data: Uint8Array;
  readonly #view: DataView;
  readonly #entries: ReadonlyMap<number, Entry>;

  constructor(data: Uint8Array, entries: ReadonlyMap<number, Entry>) {
    this.#data = data;
    this.#view = new DataView(data.buffer, data.byteOffset, data.length);
    this.#entries = entries;
  }

  /** The first value of a string, a string array or a translated string: that of no language in particular. */
  string(tag: number): Result<string | undefined, string> {
    const entry = this.#entries.get(tag);
    if (entry === undefined) return ok(undefined);
    const strings = this.#strings(tag, { ...entry, count: 1 });
    return strings.ok ? ok(strings.value[0]) : strings;
  }

  strings(tag: number): Result<readonly string[] | undefined, string> {
    const entry = this.#entries.get(tag);
    return entry === undefined ? ok(undefined) : this.#strings(tag, entry);
  }

  /** The first of {@link integers}. */
  integer(tag: number): Result<number | undefined, string> {
    const entry = this.#entries.get(tag);
    if (entry === undefined || entry.count === 0) return ok(undefined);
    const integers = this.#integers(tag, { ...entry, count: 1 });
    return integers.ok ? ok(integers.value[0]) : integers;
  }

  /** Whole numbers of 16 or 32 bits, unsigned. */
  integers(tag: number): Result<readonly number[] | undefined, string> {
    const entry = this.#entries.get(tag);
    return entry === undefined ? ok(undefined) : this.#integers(tag, entry);
  }

  binary(tag: number): Result<Uint8Array | undefined, string> {
    const entry = this.#entries.get(tag);
    if (entry === undefined) return ok(undefined);
    if (entry.type !== BINARY) return err(`tag ${tag} has type ${entry.type}, not bytes`);
    return ok(this.#data.subarray(entry.from, entry.from + entry.count));
  }

  #integers(tag: number, { type, from, count }: Entry): Result<readonly number[], string> {
    if (type !== INT32 && type !== INT16) return err(`tag ${tag} has type ${type}, not numbers`);
    if (count > VALUES_MAX) return err(`tag ${tag} has ${count} values`);
    const values: number[] = [];
    for (let i = 0; i < count; i += 1) {
      values.push(type === INT32 ? this.#view.getUint32(from + i * 4) : this.#view.getUint16(from + i * 2));
    }
    return ok(values);
  }

  #strings(tag: number, { type, from, count }: Entry): Result<readonly string[], string> {
    if (type !== STRING && type !== STRING_ARRAY && type !== TRANSLATED) {
      return err(`tag ${tag} has type ${type}, not text`);
    }
    if (count > VALUES_MAX) return err(`tag ${tag} has ${count} values`);
    const values: string[] = [];
    for (let at = from; values.length < count; ) {
      const end = this.#data.indexOf(0, at);
      if (end < 0) return err(`tag ${tag}: text ${values.length} of ${count} has no end`);
      values.push(decodeText(this.#data.subarray(at, end), 'utf-8'));
      at = end + 1;
    }
    return ok(values);
  }
}

/**
 * Reads the index of a header: entry count and data length, the entries, the data; all big-endian. The lengths must
 * add up to the bytes given, and every entry must lie within the data. Of two entries with one tag the later counts:
 * rpm appends what it changes at installation.
 * @see https://rpm-software-management.github.io/rpm/manual/format_header.html
 */
export function parseHeaderBlob(bytes: Uint8Array): Result<HeaderBlob, string> {
  if (bytes.length < PREFIX_BYTES) return err(`a header of ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const entryCount = view.getUint32(0);
  const dataFrom = PREFIX_BYTES + entryCount * ENTRY_BYTES;
  if (entryCount === 0 || entryCount > ENTRIES_MAX) return err(`a header of ${entryCount} entries`);
  if (dataFrom + view.getUint32(4) !== bytes.length) {
    return err(`a header of ${entryCount} entries and ${view.getUint32(4)} bytes in ${bytes.length} bytes`);
  }
  const data = bytes.subarray(dataFrom);
  const entries = new Map<number, Entry>();
  for (let at = PREFIX_BYTES; at < dataFrom; at += ENTRY_BYTES) {
    const tag = view.getUint32(at);
    const type = view.getUint32(at + 4);
    const from = view.getUint32(at + 8);
    const count = view.getUint32(at + 12);
    const bytesEach = TYPE_BYTES[type];
    if (bytesEach === undefined) return err(`tag ${tag} has type ${type}`);
    if (from + count * Math.max(bytesEach, 1) > data.length) return err(`tag ${tag} reaches beyond the header`);
    entries.set(tag, { type, from, count });
  }
  return ok(new HeaderBlob(data, entries));
}
