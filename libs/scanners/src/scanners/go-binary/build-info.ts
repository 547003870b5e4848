import { ByteView } from '../../executable/byte-view.ts';
import { bytesAtAddress, type Executable, sectionBytes } from '../../executable/executable.ts';

/** What the Go linker has written into a program. */
export interface BuildInfo {
  /** `go1.21.3`, and who else built it. */
  readonly goVersion: string;
  /** Lines that say of which modules it was made; empty where it was made without. */
  readonly modules: string;
}

const MAGIC = '\xff Go buildinf:';
const HEADER_BYTES = 32;
const ALIGN = 16;
const BIG_ENDIAN = 1;
const INLINE = 2;
/** How far into the data of a program without a section for it the information is looked for, as `go version` did until 1.22. */
const SEARCHED_BYTES = 1024 * 1024;
const VERSION_BYTES_MAX = 1_000;
/** The longest known has 60 KB. */
const MODULES_BYTES_MAX = 16 * 1024 * 1024;
/** Random bytes at both ends of the modules, so that they can be found without this header. */
const SENTINEL_BYTES = 16;

/** @see https://pkg.go.dev/debug/buildinfo and its source: the layout is in no specification. */
export function readBuildInfo(program: Executable): BuildInfo | undefined {
  const place = findHeader(program);
  if (place === undefined) return undefined;
  const header = new ByteView(program.bytes.read(place, HEADER_BYTES), true);
  const flags = header.u8(15);
  const texts = (flags & INLINE) !== 0 ? inlineTexts(program, place) : pointedTexts(program, header, flags);
  return texts === undefined || texts.goVersion === '' ? undefined : texts;
}

/** Whether the program was built by Go, as far as its sections tell. */
export function isBuiltByGo({ sections }: Executable): boolean {
  return sections.some(({ name }) => GO_SECTIONS.has(name));
}

const GO_SECTIONS: ReadonlySet<string> = new Set([
  '.go.buildinfo',
  '.gopclntab',
  '.note.go.buildid',
  '__go_buildinfo',
  '__gopclntab',
]);

/** The offset of the header in the file. */
function findHeader(program: Executable): number | undefined {
  const { sections, segments } = program;
  const named = sections.filter(({ name }) => name === '.go.buildinfo' || name === '__go_buildinfo');
  const searched = named.length > 0 ? named : segments.filter(({ isData }) => isData).slice(0, 1);
  for (const part of searched) {
    const bytes = sectionBytes(program, { name: '', offset: part.offset, size: part.size }, SEARCHED_BYTES);
    for (let at = 0; at + HEADER_BYTES <= bytes.length; at += ALIGN) {
      if (bytes[at] === 0xff && isMagic(bytes, at)) return part.offset + at;
    }
  }
  return undefined;
}

function isMagic(bytes: Uint8Array, at: number): boolean {
  for (let index = 0; index < MAGIC.length; index++) {
    if (bytes[at + index] !== MAGIC.charCodeAt(index)) return false;
  }
  return true;
}

/** Since Go 1.18: both texts follow the header, each after its length. */
function inlineTexts({ bytes }: Executable, place: number): BuildInfo | undefined {
  const version = lengthPrefixed(bytes.read(place + HEADER_BYTES, VERSION_BYTES_MAX));
  if (version === undefined) return undefined;
  const start = place + HEADER_BYTES + version.end;
  const length = lengthAt(bytes.read(start, 10));
  if (length === undefined || length.value > MODULES_BYTES_MAX) return undefined;
  const modules = bytes.read(start + length.end, length.value);
  return { goVersion: latin1(version.bytes), modules: withoutSentinels(modules) };
}

function lengthPrefixed(bytes: Uint8Array): { readonly bytes: Uint8Array; readonly end: number } | undefined {
  const length = lengthAt(bytes);
  if (length === undefined || length.end + length.value > bytes.length) return undefined;
  const end = length.end + length.value;
  return { bytes: bytes.subarray(length.end, end), end };
}

/** A number in groups of seven bits, the lowest first. */
function lengthAt(bytes: Uint8Array): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  for (const [index, byte] of bytes.subarray(0, 6).entries()) {
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, end: index + 1 };
  }
  return undefined;
}

/** Until Go 1.17: the header holds the addresses of two texts, each an address and a length. */
function pointedTexts(program: Executable, header: ByteView, flags: number): BuildInfo | undefined {
  const word = header.u8(14);
  if (word !== 4 && word !== 8) return undefined;
  const isLittleEndian = (flags & BIG_ENDIAN) === 0;
  const place = findHeader(program) ?? 0;
  const pointers = new ByteView(program.bytes.read(place, HEADER_BYTES), isLittleEndian);
  const text = (address: number, bytesMax: number): Uint8Array => {
    const descriptor = new ByteView(bytesAtAddress(program, address, 2 * word), isLittleEndian);
    const length = descriptor.word(word, word);
    return descriptor.length < 2 * word || length > bytesMax
      ? new Uint8Array()
      : bytesAtAddress(program, descriptor.word(0, word), length);
  };
  return {
    goVersion: latin1(text(pointers.word(16, word), VERSION_BYTES_MAX)),
    modules: withoutSentinels(text(pointers.word(16 + word, word), MODULES_BYTES_MAX)),
  };
}

function withoutSentinels(bytes: Uint8Array): string {
  const isMarked = bytes.length > 2 * SENTINEL_BYTES && bytes[bytes.length - SENTINEL_BYTES - 1] === 0x0a;
  return isMarked ? latin1(bytes.subarray(SENTINEL_BYTES, -SENTINEL_BYTES)) : '';
}

/** Module paths and versions are ASCII; a text of several MB is not put together a character at a time. */
function latin1(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 8_192) parts.push(String.fromCharCode(...bytes.subarray(at, at + 8_192)));
  return parts.join('');
}
