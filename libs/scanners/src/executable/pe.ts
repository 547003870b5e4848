import { type ByteSource, ByteView } from './byte-view.ts';
import { type Executable, PARTS_MAX } from './executable.ts';

const COFF_HEADER_BYTES = 24;
const SECTION_BYTES = 40;
/** Initialised data that may be read and written. */
const DATA = 0xc000_0040;
/** Bits that only say how the section is aligned. */
const ALIGNMENT = 0x00f0_0000;

/** A Windows program or library, of 32 or 64 bits. */
export function readPe(file: ByteSource): readonly Executable[] {
  const dos = new ByteView(file.read(0, 64), true);
  if (dos.u16(0) !== 0x5a4d) return [];
  const start = dos.u32(60);
  const header = new ByteView(file.read(start, COFF_HEADER_BYTES + 32), true);
  if (header.length < COFF_HEADER_BYTES + 32 || header.u32(0) !== 0x4550) return [];
  const isWide = header.u16(COFF_HEADER_BYTES) === 0x20b;
  const imageBase = isWide ? header.u64(COFF_HEADER_BYTES + 24) : header.u32(COFF_HEADER_BYTES + 28);
  const count = Math.min(header.u16(6), PARTS_MAX);
  const table = file.read(start + COFF_HEADER_BYTES + header.u16(20), count * SECTION_BYTES);
  const view = new ByteView(table, true);
  const sections = Array.from({ length: Math.floor(table.length / SECTION_BYTES) }, (_, index) => {
    const at = index * SECTION_BYTES;
    const place = { offset: view.u32(at + 20), size: view.u32(at + 16) };
    const isData = (view.u32(at + 36) & ~ALIGNMENT) >>> 0 === DATA;
    return { name: view.name(at, 8), ...place, address: imageBase + view.u32(at + 12), isData };
  });
  return [{ sections, segments: sections, bytes: file }];
}
