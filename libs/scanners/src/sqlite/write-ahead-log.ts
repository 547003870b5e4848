const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC_LITTLE = 0x377f0682;
const MAGIC_BIG = 0x377f0683;
const PAGE_BYTES_MIN = 512;
const PAGE_BYTES_MAX = 65_536;
const JOURNAL_MAGIC = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7] as const;

/**
 * How many frames (changed pages) of a write-ahead log belong to finished transactions: what SQLite would read from
 * the log in place of the database file. 0 for a log that SQLite would not look at. Frames count while their salt is
 * the log's and the checksum over all of it up to them is right.
 * @see https://www.sqlite.org/fileformat2.html#walformat
 */
export function committedFrames(bytes: Uint8Array): number {
  if (bytes.length < HEADER_BYTES) return 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const magic = view.getUint32(0);
  const pageBytes = view.getUint32(8);
  if (magic !== MAGIC_LITTLE && magic !== MAGIC_BIG) return 0;
  if (pageBytes < PAGE_BYTES_MIN || pageBytes > PAGE_BYTES_MAX || (pageBytes & (pageBytes - 1)) !== 0) return 0;
  const sum = new LogChecksum(view, magic === MAGIC_LITTLE);
  sum.add(0, 24);
  if (!sum.isAt(24)) return 0;
  let committed = 0;
  const frameBytes = FRAME_HEADER_BYTES + pageBytes;
  for (let at = HEADER_BYTES, frame = 1; at + frameBytes <= bytes.length; at += frameBytes, frame += 1) {
    const isOfThisLog = view.getUint32(at + 8) === view.getUint32(16) && view.getUint32(at + 12) === view.getUint32(20);
    if (!isOfThisLog) break;
    sum.add(at, 8);
    sum.add(at + FRAME_HEADER_BYTES, pageBytes);
    if (!sum.isAt(at + 16)) break;
    const isCommit = view.getUint32(at + 4) !== 0;
    if (isCommit) committed = frame;
  }
  return committed;
}

/** Whether a rollback journal is one that SQLite would play back. @see https://www.sqlite.org/fileformat2.html#the_rollback_journal */
export function isHotJournal(bytes: Uint8Array): boolean {
  return JOURNAL_MAGIC.every((byte, i) => bytes[i] === byte);
}

/** The running checksum of a log. @see https://www.sqlite.org/fileformat2.html#checksum_algorithm */
class LogChecksum {
  readonly #view: DataView;
  readonly #isLittle: boolean;
  #first = 0;
  #second = 0;

  constructor(view: DataView, isLittle: boolean) {
    this.#view = view;
    this.#isLittle = isLittle;
  }

  add(from: number, bytes: number): void {
    for (let at = from; at < from + bytes; at += 8) {
      this.#first = (this.#first + this.#view.getUint32(at, this.#isLittle) + this.#second) >>> 0;
      this.#second = (this.#second + this.#view.getUint32(at + 4, this.#isLittle) + this.#first) >>> 0;
    }
  }

  /** Whether the sum so far is the one written there. */
  isAt(at: number): boolean {
    return this.#view.getUint32(at) === this.#first && this.#view.getUint32(at + 4) === this.#second;
  }
}
