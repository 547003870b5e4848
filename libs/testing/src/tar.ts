import { Buffer } from 'node:buffer';

const BLOCK_BYTES = 512;
const NAME_BYTES_MAX = 100;
const SIZE_MAX = 0o77777777777;

export type TarEntry =
  | {
      readonly path: string;
      readonly type?: 'file';
      readonly content: string | Uint8Array;
      readonly mode?: number;
      readonly uid?: number;
    }
  | { readonly path: string; readonly type: 'directory'; readonly mode?: number; readonly uid?: number }
  | { readonly path: string; readonly type: 'symlink' | 'hardlink'; readonly target: string; readonly uid?: number }
  | {
      readonly path: string;
      readonly type: 'fifo' | 'character-device' | 'block-device';
      readonly mode?: number;
      readonly uid?: number;
    };

const TYPE_FLAGS = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  'character-device': '3',
  'block-device': '4',
  directory: '5',
  fifo: '6',
} as const;

export interface TarOptions {
  /**
   * How a path or link target longer than the header's field is written: a PAX extended header (POSIX 2001, default), or GNU tar's
   * `././@LongLink` entry.
   */
  readonly longNames?: 'pax' | 'gnu';
  /** PAX records written for every entry, as some builders do (`{ 'SCHILY.xattr.user.a': 'b' }`). */
  readonly paxRecords?: Readonly<Record<string, string>>;
  /** Leaves the two zero blocks at the end out. */
  readonly unterminated?: boolean;
}

/**
 * A tar archive of `entries` in their order, paths as given, all times zero: the same entries give the same bytes.
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13
 */
export function buildTar(entries: readonly TarEntry[], options: TarOptions = {}): Uint8Array {
  const blocks = entries.flatMap((entry) => entryBlocks(entry, options));
  if (options.unterminated !== true) blocks.push(Buffer.alloc(2 * BLOCK_BYTES));
  return new Uint8Array(Buffer.concat(blocks));
}

interface Header {
  readonly path: string;
  readonly flag: string;
  readonly bytes: number;
  readonly target?: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gnu?: boolean;
}

function entryBlocks(entry: TarEntry, options: TarOptions): Buffer[] {
  const type = entry.type ?? 'file';
  const path = type === 'directory' && !entry.path.endsWith('/') ? `${entry.path}/` : entry.path;
  const content = 'content' in entry ? Buffer.from(entry.content) : Buffer.alloc(0);
  const target = 'target' in entry ? entry.target : '';
  const mode = 'mode' in entry && entry.mode !== undefined ? entry.mode : type === 'directory' ? 0o755 : 0o644;
  const header: Header = { path, flag: TYPE_FLAGS[type], bytes: content.length, target, mode, uid: entry.uid ?? 0 };
  return [...extensionBlocks(path, target, options), headerBlock(header), ...padded(content)];
}

/** What comes before an entry whose names do not fit its header. */
function extensionBlocks(path: string, target: string, options: TarOptions): Buffer[] {
  const long = { path: Buffer.byteLength(path) > NAME_BYTES_MAX, linkpath: Buffer.byteLength(target) > NAME_BYTES_MAX };
  if (options.longNames === 'gnu') {
    return [...(long.linkpath ? gnuLong('K', target) : []), ...(long.path ? gnuLong('L', path) : [])];
  }
  const records: Record<string, string> = { ...options.paxRecords };
  if (long.path) records.path = path;
  if (long.linkpath) records.linkpath = target;
  const body = Buffer.from(Object.entries(records).map(paxRecord).join(''));
  if (body.length === 0) return [];
  return [headerBlock({ path: `PaxHeaders/${path.slice(0, 50)}`, flag: 'x', bytes: body.length }), ...padded(body)];
}

function gnuLong(flag: 'K' | 'L', text: string): Buffer[] {
  const body = Buffer.from(`${text}\0`);
  return [headerBlock({ path: '././@LongLink', flag, bytes: body.length, gnu: true }), ...padded(body)];
}

/** `LENGTH key=value\n`, where the length counts its own digits. */
function paxRecord([key, value]: [string, string]): string {
  const rest = ` ${key}=${value}\n`;
  const restBytes = Buffer.byteLength(rest);
  let length = restBytes + String(restBytes).length;
  if (restBytes + String(length).length !== length) length = restBytes + String(length).length;
  return `${length}${rest}`;
}

function headerBlock(header: Header): Buffer {
  if (header.bytes > SIZE_MAX) throw new RangeError('a file of a test archive is larger than 8 GiB');
  const block = Buffer.alloc(BLOCK_BYTES);
  block.write(truncated(header.path), 0);
  block.write(octal(header.mode ?? 0o644, 7), 100);
  block.write(octal(header.uid ?? 0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(header.bytes, 11), 124);
  block.write(octal(0, 11), 136);
  block.write('        ', 148);
  block.write(header.flag, 156);
  block.write(truncated(header.target ?? ''), 157);
  block.write(header.gnu === true ? 'ustar  \0' : 'ustar\u000000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148, 'latin1');
  return block;
}

/** At most 100 bytes and never half a character; the whole name is in the extension. */
function truncated(name: string): string {
  let text = name;
  while (Buffer.byteLength(text) > NAME_BYTES_MAX) text = text.slice(0, -1);
  return text;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

function padded(content: Buffer): Buffer[] {
  const rest = content.length % BLOCK_BYTES;
  if (content.length === 0) return [];
  return rest === 0 ? [content] : [content, Buffer.alloc(BLOCK_BYTES - rest)];
}
