import { type ByteSource, ByteView } from './byte-view.ts';
import { type Executable, PARTS_MAX, type Section, type Segment } from './executable.ts';

const UNIVERSAL = 0xcafe_babe;
const UNIVERSAL_64 = 0xcafe_babf;
/** A Java class begins with the same four bytes, and has its version, 45 or more, where the number of programs would be. */
const PROGRAMS_MAX = 30;
const COMMANDS_BYTES_MAX = 16 * 1024 * 1024;
const SEGMENT = 0x1;
const SEGMENT_64 = 0x19;
const READ_WRITE = 3;

/** A Mach-O file of 32 or 64 bits in either byte order, or all programs of a universal one. */
export function readMachO(file: ByteSource): readonly Executable[] {
  const head = new ByteView(file.read(0, 8), false);
  const magic = head.u32(0);
  if (magic !== UNIVERSAL && magic !== UNIVERSAL_64) return readProgram(file);
  const count = head.u32(4);
  if (count > PROGRAMS_MAX) return [];
  const isWide = magic === UNIVERSAL_64;
  const entryBytes = isWide ? 32 : 20;
  const entries = new ByteView(file.read(8, count * entryBytes), false);
  return Array.from({ length: count }, (_, index) => {
    const at = index * entryBytes;
    const [offset, size] = isWide
      ? [entries.u64(at + 8), entries.u64(at + 16)]
      : [entries.u32(at + 8), entries.u32(at + 12)];
    return readProgram(partOf(file, offset, size));
  }).flat();
}

function partOf(file: ByteSource, start: number, size: number): ByteSource {
  const end = Math.min(start + size, file.size);
  return {
    size: Math.max(0, end - start),
    read: (offset, length) => file.read(start + offset, Math.max(0, Math.min(length, end - start - offset))),
  };
}

function readProgram(bytes: ByteSource): readonly Executable[] {
  const head = bytes.read(0, 32);
  const [little, big] = [new ByteView(head, true), new ByteView(head, false)];
  const header = [little, big].find((view) => view.u32(0) === 0xfeed_face || view.u32(0) === 0xfeed_facf);
  if (header === undefined) return [];
  const headerBytes = header.u32(0) === 0xfeed_facf ? 32 : 28;
  const commands = bytes.read(headerBytes, Math.min(header.u32(20), COMMANDS_BYTES_MAX));
  const view = new ByteView(commands, header === little);
  const sections: Section[] = [];
  const segments: Segment[] = [];
  let at = 0;
  for (let left = Math.min(header.u32(16), PARTS_MAX); left > 0 && at + 8 <= view.length; left--) {
    const command = view.u32(at);
    if (command === SEGMENT || command === SEGMENT_64)
      readSegment({ view, at, isWide: command === SEGMENT_64, sections, segments });
    const size = view.u32(at + 4);
    if (size < 8) break;
    at += size;
  }
  return [{ sections, segments, bytes }];
}

interface SegmentReading {
  readonly view: ByteView;
  readonly at: number;
  readonly isWide: boolean;
  readonly sections: Section[];
  readonly segments: Segment[];
}

function readSegment({ view, at, isWide, sections, segments }: SegmentReading): void {
  const word = isWide ? 8 : 4;
  const protection = at + 24 + 4 * word;
  segments.push({
    address: view.word(at + 24, word),
    offset: view.word(at + 24 + 2 * word, word),
    size: view.word(at + 24 + 3 * word, word),
    isData: view.u32(protection) === READ_WRITE && view.u32(protection + 4) === READ_WRITE,
  });
  const sectionBytes = isWide ? 80 : 68;
  const first = protection + 16;
  const count = Math.min(view.u32(protection + 8), PARTS_MAX - sections.length);
  for (let index = 0; index < count && first + (index + 1) * sectionBytes <= view.length; index++) {
    const start = first + index * sectionBytes;
    const place = start + 32 + 2 * word;
    sections.push({ name: view.name(start, 16), offset: view.u32(place), size: view.word(start + 32 + word, word) });
  }
}
