import { readTarNumber } from './tar-number.ts';
import { readTarText } from './tar-text.ts';

export const BLOCK_BYTES = 512;

/** One 512-byte header as written, nothing applied to it yet. */
export interface TarHeader {
  /** Name with the prefix of its format; may be cut at 100 bytes when an extended header gives the whole. */
  readonly name: string;
  readonly linkName: string;
  /** `undefined` when the field cannot be read; an extended header may still give it. */
  readonly size: number | undefined;
  /** The type flag; `\0` is the regular file of the oldest format. */
  readonly type: string;
  /** For the old GNU sparse type: whether a block with more of the map follows. */
  readonly sparseMapContinues: boolean;
}

const TYPE_AT = 156;
const MAGIC_AT = 257;
const PREFIX_AT = 345;

/**
 * Reads the block at `start`; `undefined` when its checksum is wrong, which is how a tar tells itself from anything else.
 * @see POSIX.1-2017, pax, "ustar Interchange Format"
 */
export function readTarHeader(bytes: Buffer, start: number): TarHeader | undefined {
  if (!hasChecksum(bytes, start)) return undefined;
  const name = readTarText(bytes, start, 100);
  const prefix = readPrefix(bytes, start);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    linkName: readTarText(bytes, start + 157, 100),
    size: readTarNumber(bytes, start + 124, 12),
    type: String.fromCharCode(bytes[start + TYPE_AT] ?? 0),
    sparseMapContinues: bytes[start + 482] === 1,
  };
}

/** Whether the block holds nothing but zeros. */
export function isZeroBlock(bytes: Buffer, start: number): boolean {
  for (let at = start; at < start + BLOCK_BYTES; at++) if (bytes[at] !== 0) return false;
  return true;
}

function hasChecksum(bytes: Buffer, start: number): boolean {
  const stored = readTarNumber(bytes, start + 148, 8);
  if (stored === undefined) return false;
  let unsigned = 0;
  let high = 0;
  for (let at = start; at < start + BLOCK_BYTES; at++) {
    const byte = bytes[at] ?? 0;
    unsigned += byte;
    high += byte >> 7;
  }
  for (let at = start + 148; at < start + 156; at++) {
    const byte = bytes[at] ?? 0;
    unsigned += 0x20 - byte;
    high -= byte >> 7;
  }
  // Old writers summed signed bytes: each byte above 127 counts 256 less.
  return stored === unsigned || stored === unsigned - 256 * high;
}

/** Only POSIX headers have a prefix; GNU and V7 ones use the place for something else. */
function readPrefix(bytes: Buffer, start: number): string {
  if (bytes.toString('latin1', start + MAGIC_AT, start + MAGIC_AT + 6) !== 'ustar\0') return '';
  // star keeps two times behind a shorter prefix.
  const isStar = bytes.toString('latin1', start + 508, start + 512) === 'tar\0';
  return readTarText(bytes, start + PREFIX_AT, isStar ? 131 : 155);
}
