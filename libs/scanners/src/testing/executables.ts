/** A section of a program to be made; it lies at `address` when the program is loaded. */
export interface SectionParts {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly address?: number;
}

export type ProgramForm = 'elf64' | 'elf32-big-endian' | 'pe32+' | 'pe32' | 'mach-o' | 'universal';

export const PROGRAM_FORMS: readonly ProgramForm[] = [
  'elf64',
  'elf32-big-endian',
  'pe32+',
  'pe32',
  'mach-o',
  'universal',
];

const BODY = 0x1000;

/** A program of that form with those sections, each loaded as data the program may write; for tests. */
export function program(form: ProgramForm, sections: readonly SectionParts[]): Uint8Array {
  const placed: PlacedSection[] = [];
  let offset = BODY;
  for (const { name, bytes, address = 0x40_0000 + offset } of sections) {
    placed.push({ name, bytes, address, offset });
    offset += Math.ceil(bytes.length / 16) * 16;
  }
  const file = new Uint8Array(offset + 0x1000);
  for (const { bytes, offset: at } of placed) file.set(bytes, at);
  const view = new DataView(file.buffer);
  if (form === 'elf64') writeElf(view, placed, { isWide: true, isLittleEndian: true });
  else if (form === 'elf32-big-endian') writeElf(view, placed, { isWide: false, isLittleEndian: false });
  else if (form === 'pe32+' || form === 'pe32') writePe(view, placed, form === 'pe32+');
  else writeMachO(view, placed);
  return form === 'universal' ? universal(file) : file;
}

interface PlacedSection {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly address: number;
  readonly offset: number;
}

function writeText(view: DataView, at: number, text: string): void {
  for (const [index, char] of [...text].entries()) view.setUint8(at + index, char.charCodeAt(0));
}

function writeElf(
  view: DataView,
  sections: readonly PlacedSection[],
  { isWide, isLittleEndian }: { readonly isWide: boolean; readonly isLittleEndian: boolean },
): void {
  const word = isWide ? 8 : 4;
  const u16 = (at: number, value: number) => view.setUint16(at, value, isLittleEndian);
  const u32 = (at: number, value: number) => view.setUint32(at, value, isLittleEndian);
  const setWord = (at: number, value: number) =>
    isWide ? view.setBigUint64(at, BigInt(value), isLittleEndian) : u32(at, value);
  const [segmentsAt, sectionsAt, namesAt] = [0x100, 0x400, 0xc00];
  const [segmentBytes, sectionBytes] = isWide ? [56, 64] : [32, 40];
  view.setUint32(0, 0x7f45_4c46);
  view.setUint8(4, isWide ? 2 : 1);
  view.setUint8(5, isLittleEndian ? 1 : 2);
  setWord(24 + word, segmentsAt);
  setWord(24 + 2 * word, sectionsAt);
  const counts = isWide ? 54 : 42;
  for (const [index, value] of [
    segmentBytes,
    sections.length,
    sectionBytes,
    sections.length + 1,
    sections.length,
  ].entries())
    u16(counts + 2 * index, value);
  let nameAt = 1;
  for (const [index, { name, bytes, address, offset }] of sections.entries()) {
    const segment = segmentsAt + index * segmentBytes;
    u32(segment, 1);
    u32(segment + (isWide ? 4 : 24), 6);
    setWord(segment + (isWide ? 8 : 4), offset);
    setWord(segment + (isWide ? 16 : 8), address);
    setWord(segment + (isWide ? 32 : 16), bytes.length);
    const section = sectionsAt + index * sectionBytes;
    u32(section, nameAt);
    u32(section + 4, 1);
    setWord(section + 8 + 2 * word, offset);
    setWord(section + 8 + 3 * word, bytes.length);
    writeText(view, namesAt + nameAt, name);
    nameAt += name.length + 1;
  }
  const names = sectionsAt + sections.length * sectionBytes;
  u32(names + 4, 3);
  setWord(names + 8 + 2 * word, namesAt);
  setWord(names + 8 + 3 * word, nameAt);
}

function writePe(view: DataView, sections: readonly PlacedSection[], isWide: boolean): void {
  const [header, imageBase] = [0x80, 0x1_0000];
  view.setUint16(0, 0x5a4d, true);
  view.setUint32(60, header, true);
  view.setUint32(header, 0x4550, true);
  view.setUint16(header + 6, sections.length, true);
  view.setUint16(header + 20, 112, true);
  view.setUint16(header + 24, isWide ? 0x20b : 0x10b, true);
  if (isWide) view.setBigUint64(header + 48, BigInt(imageBase), true);
  else view.setUint32(header + 52, imageBase, true);
  for (const [index, { name, bytes, address, offset }] of sections.entries()) {
    const at = header + 24 + 112 + index * 40;
    writeText(view, at, name.slice(0, 8));
    view.setUint32(at + 8, bytes.length, true);
    view.setUint32(at + 12, address - imageBase, true);
    view.setUint32(at + 16, bytes.length, true);
    view.setUint32(at + 20, offset, true);
    view.setUint32(at + 36, 0xc060_0040, true);
  }
}

/** One segment for each section. Names of sections have two underscores where others have a dot. */
function writeMachO(view: DataView, sections: readonly PlacedSection[]): void {
  const commandBytes = 72 + 80;
  view.setUint32(0, 0xfeed_facf, true);
  view.setUint32(16, sections.length, true);
  view.setUint32(20, sections.length * commandBytes, true);
  for (const [index, { name, bytes, address, offset }] of sections.entries()) {
    const at = 32 + index * commandBytes;
    view.setUint32(at, 0x19, true);
    view.setUint32(at + 4, commandBytes, true);
    view.setBigUint64(at + 24, BigInt(address), true);
    view.setBigUint64(at + 40, BigInt(offset), true);
    view.setBigUint64(at + 48, BigInt(bytes.length), true);
    view.setUint32(at + 56, 3, true);
    view.setUint32(at + 60, 3, true);
    view.setUint32(at + 64, 1, true);
    writeText(view, at + 72, name);
    view.setBigUint64(at + 72 + 32, BigInt(address), true);
    view.setBigUint64(at + 72 + 40, BigInt(bytes.length), true);
    view.setUint32(at + 72 + 48, offset, true);
  }
}

/** The program as the second of two; the first is empty. */
function universal(one: Uint8Array): Uint8Array {
  const start = 0x100;
  const file = new Uint8Array(start + one.length);
  const view = new DataView(file.buffer);
  view.setUint32(0, 0xcafe_babe);
  view.setUint32(4, 2);
  view.setUint32(28 + 8, start);
  view.setUint32(28 + 12, one.length);
  file.set(one, start);
  return file;
}
