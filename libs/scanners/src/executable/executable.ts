import type { ByteSource } from './byte-view.ts';
import { readElf } from './elf.ts';
import { readMachO } from './mach-o.ts';
import { readPe } from './pe.ts';

/** A named part of a program. */
export interface Section {
  readonly name: string;
  readonly offset: number;
  /** Bytes in the file. */
  readonly size: number;
}

/** A part of a program that is loaded to an address. */
export interface Segment {
  readonly address: number;
  readonly offset: number;
  /** Bytes in the file; what is beyond is zero when it runs. */
  readonly size: number;
  /** Data that the program may write, and cannot run. */
  readonly isData: boolean;
}

/** One program: a whole file, or an architecture of a universal one. */
export interface Executable {
  readonly sections: readonly Section[];
  readonly segments: readonly Segment[];
  /** The bytes that offsets are offsets of. */
  readonly bytes: ByteSource;
}

/** No real program has more of any. */
export const PARTS_MAX = 4_096;

/**
 * The programs in a file: none where it is no executable, or damaged beyond its headers. @see https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html
 * https://learn.microsoft.com/en-us/windows/win32/debug/pe-format https://github.com/apple-oss-distributions/xnu/blob/main/EXTERNAL_HEADERS/mach-o/loader.h
 */
export function readExecutables(file: ByteSource): readonly Executable[] {
  return [readElf, readPe, readMachO].flatMap((read) => read(file));
}

/** The bytes of a section, at most `bytesMax`. */
export function sectionBytes({ bytes }: Executable, { offset, size }: Section, bytesMax: number): Uint8Array {
  return bytes.read(offset, Math.min(size, bytesMax));
}

/** The bytes at an address of the loaded program; fewer, or none, where the file does not hold them. */
export function bytesAtAddress({ segments, bytes }: Executable, address: number, length: number): Uint8Array {
  const segment = segments.find((one) => address >= one.address && address < one.address + one.size);
  if (segment === undefined) return new Uint8Array();
  const into = address - segment.address;
  return bytes.read(segment.offset + into, Math.min(length, segment.size - into));
}
