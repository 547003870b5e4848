import { type ByteSource, ByteView } from './byte-view.ts';
import { type Executable, PARTS_MAX, type Section, type Segment } from './executable.ts';

const LOAD = 1;
const [RUNS, WRITES] = [1, 2];
/** A section without bytes in the file. */
const NO_BITS = 8;
const NAMES_BYTES_MAX = 1024 * 1024;

/** Where the fields of the two classes are. */
const FIELDS = {
  32: { word: 4, tables: 28, sizes: 42, flags: 24, segment: [4, 8, 16], section: [16, 20] },
  64: { word: 8, tables: 32, sizes: 54, flags: 4, segment: [8, 16, 32], section: [24, 32] },
} as const;

/** An ELF file of either class and byte order. */
export function readElf(file: ByteSource): readonly Executable[] {
  const head = file.read(0, 64);
  const ident = new ByteView(head, true);
  const isElf = ident.u32(0) === 0x46_4c_45_7f && (ident.u8(4) === 1 || ident.u8(4) === 2);
  if (!isElf || (ident.u8(5) !== 1 && ident.u8(5) !== 2)) return [];
  const isLittleEndian = ident.u8(5) === 1;
  const fields = FIELDS[ident.u8(4) === 1 ? 32 : 64];
  const header = new ByteView(head, isLittleEndian);
  const table = (at: number, counts: number): Table => ({
    offset: header.word(at, fields.word),
    entryBytes: header.u16(counts),
    count: Math.min(header.u16(counts + 2), PARTS_MAX),
  });
  const reading: Reading = { file, isLittleEndian, fields };
  const segments = readSegments(reading, table(fields.tables, fields.sizes));
  const sections = table(fields.tables + fields.word, fields.sizes + 4);
  return [{ segments, sections: readSections(reading, sections, header.u16(fields.sizes + 8)), bytes: file }];
}

interface Reading {
  readonly file: ByteSource;
  readonly isLittleEndian: boolean;
  readonly fields: (typeof FIELDS)[32 | 64];
}

interface Table {
  readonly offset: number;
  readonly entryBytes: number;
  readonly count: number;
}

function entriesOf({ file, isLittleEndian }: Reading, { offset, entryBytes, count }: Table): readonly ByteView[] {
  const bytes = file.read(offset, entryBytes * count);
  const whole = entryBytes === 0 ? 0 : Math.floor(bytes.length / entryBytes);
  return Array.from(
    { length: whole },
    (_, index) => new ByteView(bytes.subarray(index * entryBytes, (index + 1) * entryBytes), isLittleEndian),
  );
}

function readSegments(reading: Reading, table: Table): readonly Segment[] {
  const { word, segment, flags } = reading.fields;
  const [offset, address, size] = segment;
  return entriesOf(reading, table)
    .filter((entry) => entry.u32(0) === LOAD)
    .map((entry) => ({
      offset: entry.word(offset, word),
      address: entry.word(address, word),
      size: entry.word(size, word),
      isData: (entry.u32(flags) & (RUNS | WRITES)) === WRITES,
    }));
}

function readSections(reading: Reading, table: Table, namesIndex: number): readonly Section[] {
  const { word, section } = reading.fields;
  const [offset, size] = section;
  const found = entriesOf(reading, table).map((entry) => ({
    nameAt: entry.u32(0),
    offset: entry.word(offset, word),
    size: entry.u32(4) === NO_BITS ? 0 : entry.word(size, word),
  }));
  const names = found[namesIndex];
  if (names === undefined) return [];
  const texts = new ByteView(reading.file.read(names.offset, Math.min(names.size, NAMES_BYTES_MAX)), true);
  return found.map(({ nameAt, ...place }) => ({ name: texts.name(nameAt, 256), ...place }));
}
