import { err, ok, type Result } from '@clair/model';
import { type ByteSource, ByteView } from '../executable/byte-view.ts';
import { inflated } from '../inflated.ts';
import { decodeText } from '../sqlite/text-decoding.ts';

/** A member of an archive, as the directory at the archive's end lists it. */
export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly isEncrypted: boolean;
  readonly compressedSize: number;
  readonly size: number;
  /** Where its own header is, which comes before its bytes. */
  readonly offset: number;
}

export interface ZipArchive {
  readonly entries: readonly ZipEntry[];
  /** The directory has more than {@link ENTRIES_MAX}; the others are not in {@link entries}. */
  readonly isCut: boolean;
}

/** Jars have up to some 100,000. */
export const ENTRIES_MAX = 200_000;
const DIRECTORY_BYTES_MAX = 64 * 1024 * 1024;
const [END_BYTES, COMMENT_BYTES_MAX] = [22, 65_535];
const [END, END_64, LOCATOR_64, CENTRAL, LOCAL] = [0x0605_4b50, 0x0606_4b50, 0x0706_4b50, 0x0201_4b50, 0x0403_4b50];
const [STORED, DEFLATED] = [0, 8];
const IN_ZIP64 = 0xffff_ffff;

/**
 * The directory of an archive. What comes before it is no matter: a program may be put before a jar so that it starts itself. The error
 * says for a person what is wrong. @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT 4.3
 */
export function readZip(source: ByteSource): Result<ZipArchive, string> {
  const end = findEnd(source);
  if (end === undefined) return err('not a zip: it has no directory');
  if (end.size > DIRECTORY_BYTES_MAX) return err(`its directory has ${end.size} bytes`);
  const bytes = source.read(end.start, end.size);
  const view = new ByteView(bytes, true);
  const entries: ZipEntry[] = [];
  let at = 0;
  while (at + 46 <= bytes.length && view.u32(at) === CENTRAL && entries.length < ENTRIES_MAX) {
    const [nameBytes, extraBytes] = [view.u16(at + 28), view.u16(at + 30)];
    const extra = new ByteView(bytes.subarray(at + 46 + nameBytes, at + 46 + nameBytes + extraBytes), true);
    const sizes = sizesOf(view, at, extra);
    entries.push({
      name: decodeText(bytes.subarray(at + 46, at + 46 + nameBytes), 'utf-8'),
      method: view.u16(at + 10),
      isEncrypted: (view.u16(at + 8) & 1) === 1,
      compressedSize: sizes.compressedSize,
      size: sizes.size,
      offset: sizes.offset + end.shift,
    });
    at += 46 + nameBytes + extraBytes + view.u16(at + 32);
  }
  const isCut = entries.length === ENTRIES_MAX && at < bytes.length;
  return isCut || entries.length === end.count ? ok({ entries, isCut }) : err('its directory is damaged');
}

interface DirectoryPlace {
  readonly start: number;
  readonly size: number;
  readonly count: number;
  /** What is to be added to offsets: bytes that were put before the archive. */
  readonly shift: number;
}

function findEnd(source: ByteSource): DirectoryPlace | undefined {
  const from = Math.max(0, source.size - END_BYTES - COMMENT_BYTES_MAX);
  const view = new ByteView(source.read(from, source.size - from), true);
  for (let at = view.length - END_BYTES; at >= 0; at--) {
    if (view.u8(at) !== 0x50 || view.u32(at) !== END) continue;
    const place = placeAt(source, from + at, {
      count: view.u16(at + 10),
      size: view.u32(at + 12),
      offset: view.u32(at + 16),
    });
    if (place !== undefined) return place;
  }
  return undefined;
}

function placeAt(
  source: ByteSource,
  end: number,
  said: { readonly count: number; readonly size: number; readonly offset: number },
): DirectoryPlace | undefined {
  const wide = zip64At(source, end);
  const { count, size, offset } = wide?.said ?? said;
  const start = (wide?.end ?? end) - size;
  const isDirectory = count === 0 ? size === 0 : new ByteView(source.read(start, 4), true).u32(0) === CENTRAL;
  return start >= 0 && isDirectory ? { start, size, count, shift: start - offset } : undefined;
}

function zip64At(source: ByteSource, end: number) {
  const locator = new ByteView(source.read(Math.max(0, end - 20), 20), true);
  if (end < 20 || locator.u32(0) !== LOCATOR_64) return undefined;
  // Right before the locator, if nothing was put between; where it says otherwise, bytes were put before the archive.
  for (const place of [locator.u64(8), end - 20 - 56]) {
    const record = new ByteView(source.read(place, 56), true);
    if (record.length === 56 && record.u32(0) === END_64)
      return { end: place, said: { count: record.u64(32), size: record.u64(40), offset: record.u64(48) } };
  }
  return undefined;
}

/** Those that do not fit 32 bits stand in an extra field, in this order. */
function sizesOf(view: ByteView, at: number, extra: ByteView) {
  const said = { size: view.u32(at + 24), compressedSize: view.u32(at + 20), offset: view.u32(at + 42) };
  for (let field = 0; field + 4 <= extra.length; field += 4 + extra.u16(field + 2)) {
    if (extra.u16(field) !== 1) continue;
    let next = field + 4;
    const take = (value: number): number => {
      if (value !== IN_ZIP64) return value;
      next += 8;
      return extra.u64(next - 8);
    };
    return { size: take(said.size), compressedSize: take(said.compressedSize), offset: take(said.offset) };
  }
  return said;
}

export interface MemberOptions {
  /** Of the inflated member. */
  readonly bytesMax: number;
}

export interface MemberProblem {
  readonly kind: 'malformed' | 'limit';
  readonly reason: string;
}

/** The bytes of a member; a stored one may be read in parts instead. */
export function zipMember(
  source: ByteSource,
  entry: ZipEntry,
  { bytesMax }: MemberOptions,
): Result<ByteSource, MemberProblem> {
  if (entry.isEncrypted) return err({ kind: 'malformed', reason: 'it is encrypted' });
  const header = new ByteView(source.read(entry.offset, 30), true);
  if (header.length < 30 || header.u32(0) !== LOCAL)
    return err({ kind: 'malformed', reason: 'it is not where the directory says' });
  const start = entry.offset + 30 + header.u16(26) + header.u16(28);
  if (entry.method === STORED) return ok(partOf(source, start, entry.compressedSize));
  if (entry.method !== DEFLATED)
    return err({ kind: 'malformed', reason: `it is compressed by method ${entry.method}` });
  if (entry.size > bytesMax || entry.compressedSize > bytesMax) return err(tooLarge(bytesMax));
  const bytes = inflated(source.read(start, entry.compressedSize), { format: 'deflate', bytesMax });
  if (bytes.ok) return ok(sourceOf(bytes.value));
  return err(bytes.error === 'too-large' ? tooLarge(bytesMax) : { kind: 'malformed', reason: 'it does not inflate' });
}

function tooLarge(bytesMax: number): MemberProblem {
  return { kind: 'limit', reason: `inflated it has more than ${bytesMax} bytes` };
}

function partOf(source: ByteSource, start: number, size: number): ByteSource {
  return {
    size,
    read: (offset, length) => source.read(start + offset, Math.max(0, Math.min(length, size - offset))),
  };
}

function sourceOf(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}
