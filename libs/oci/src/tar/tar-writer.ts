import { BLOCK_BYTES } from './tar-header.ts';

export interface TarEntry {
  /** Relative to the root, without a leading `/` or `./`; raw bytes, as file systems have them. */
  readonly path: Uint8Array;
  /** `0` regular, `1` hard link, `2` symbolic link, `5` directory. */
  readonly type: '0' | '1' | '2' | '5';
  /** Permission bits. */
  readonly mode: number;
  /** Bytes of the content; 0 for everything but regular files. */
  readonly size: number;
  /** Empty unless a link. */
  readonly linkName: Uint8Array;
}

const NAME_BYTES = 100;
const OCTAL_SIZE_MAX = 0o77777777777;

/**
 * The header blocks of one entry, in GNU's format, which keeps names of any bytes. The owner and the time are always 0: equal
 * content gives equal bytes.
 */
export function writeTarHeader(entry: TarEntry): Buffer {
  const path = entry.type === '5' ? Buffer.concat([entry.path, Buffer.from('/')]) : Buffer.from(entry.path);
  const blocks: Buffer[] = [];
  if (entry.linkName.length > NAME_BYTES) blocks.push(longName('K', entry.linkName));
  if (path.length > NAME_BYTES) blocks.push(longName('L', path));
  blocks.push(headerBlock({ ...entry, path }));
  return Buffer.concat(blocks);
}

/** What follows the content of `size` bytes. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES);
}

/** What ends a tar. */
export function tarEnd(): Buffer {
  return Buffer.alloc(2 * BLOCK_BYTES);
}

function longName(type: 'L' | 'K', name: Uint8Array): Buffer {
  const content = Buffer.concat([name, Buffer.alloc(1)]);
  const header = headerBlock({
    path: Buffer.from('././@LongLink'),
    type,
    mode: 0,
    size: content.length,
    linkName: Buffer.alloc(0),
  });
  return Buffer.concat([header, content, tarPadding(content.length)]);
}

function headerBlock(entry: Omit<TarEntry, 'type'> & { readonly type: string }): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES);
  block.set(entry.path.subarray(0, NAME_BYTES), 0);
  writeOctal(block, { at: 100, length: 8, value: entry.mode & 0o7777 });
  writeOctal(block, { at: 108, length: 8, value: 0 });
  writeOctal(block, { at: 116, length: 8, value: 0 });
  writeSize(block, entry.size);
  writeOctal(block, { at: 136, length: 12, value: 0 });
  block.write(entry.type, 156, 'latin1');
  block.set(entry.linkName.subarray(0, NAME_BYTES), 157);
  block.write('ustar  \0', 257, 'latin1');
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

function writeOctal(
  block: Buffer,
  field: { readonly at: number; readonly length: number; readonly value: number },
): void {
  block.write(field.value.toString(8).padStart(field.length - 1, '0'), field.at, 'latin1');
}

/** Octal up to 8 GiB, GNU's base-256 above. */
function writeSize(block: Buffer, size: number): void {
  if (size <= OCTAL_SIZE_MAX) {
    writeOctal(block, { at: 124, length: 12, value: size });
  } else {
    block.writeUInt8(0x80, 124);
    block.writeBigUInt64BE(BigInt(size), 128);
  }
}
