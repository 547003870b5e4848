import type { TarFile } from './tar-file.ts';
import type { SkipReason, TarVisitor } from './tar-visitor.ts';
import { TarWalker } from './tar-walker.ts';

/** Fields of a header that a test sets; the checksum is computed. */
export interface RawHeader {
  readonly name?: string | Buffer;
  readonly type?: string;
  readonly size?: number;
  /** The whole size field, when it is not octal. */
  readonly sizeField?: Buffer;
  readonly linkName?: string;
  readonly magic?: string;
  readonly prefix?: string;
  /** Other bytes, by offset. */
  readonly patch?: Readonly<Record<number, string | number>>;
  readonly checksum?: 'unsigned' | 'signed' | 'wrong';
}

/** One header block, byte by byte as the formats define it. */
export function rawHeader(header: RawHeader): Buffer {
  const block = Buffer.alloc(512);
  block.set(Buffer.from(header.name ?? 'file'), 0);
  block.write('0000644\0', 100, 'latin1');
  block.write(`${(header.size ?? 0).toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  if (header.sizeField !== undefined) block.set(header.sizeField, 124);
  block.write('00000000000\0', 136, 'latin1');
  block.write(header.type ?? '0', 156, 'latin1');
  block.write(header.linkName ?? '', 157);
  block.write(header.magic ?? 'ustar\x0000', 257, 'latin1');
  block.write(header.prefix ?? '', 345);
  for (const [at, value] of Object.entries(header.patch ?? {})) {
    if (typeof value === 'number') block.writeUInt8(value, Number(at));
    else block.write(value, Number(at), 'latin1');
  }
  block.fill(' ', 148, 156);
  const isSigned = header.checksum === 'signed';
  const sum = block.reduce((total, byte) => total + (isSigned && byte > 127 ? byte - 256 : byte), 0);
  block.write(`${(header.checksum === 'wrong' ? sum + 1 : sum).toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** `content` filled up to whole blocks. */
export function rawBody(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

/** A header with its content. */
export function rawEntry(header: RawHeader, content: string | Buffer): Buffer {
  return Buffer.concat([rawHeader({ ...header, size: Buffer.from(content).length }), rawBody(content)]);
}

/** A PAX record with the length that it says of itself. */
export function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest;
  while (length !== rest + String(length).length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

/** A PAX header: `x` for the next entry, `g` for all that follow. */
export function paxEntry(records: Readonly<Record<string, string>>, type: 'x' | 'g' = 'x'): Buffer {
  const text = Object.entries(records).map(([key, value]) => paxRecord(key, value));
  return rawEntry({ name: 'PaxHeaders/0', type }, text.join(''));
}

export const END_BLOCKS = Buffer.alloc(1024);

/** Writes down what it is shown; wants what its argument says. */
export class RecordingVisitor implements TarVisitor {
  readonly events: string[] = [];
  readonly #wants: (path: string, fileBytes: number) => boolean;

  constructor(wants: (path: string, fileBytes: number) => boolean = () => true) {
    this.#wants = wants;
  }

  directory(path: string): void {
    this.events.push(`dir ${path}`);
  }

  other(path: string): void {
    this.events.push(`other ${path}`);
  }

  hardlink(path: string, target: string): void {
    this.events.push(`link ${path} -> ${target}`);
  }

  wants(path: string, fileBytes: number): boolean {
    return this.#wants(path, fileBytes);
  }

  file(path: string, { size, read }: TarFile): void {
    this.events.push(`file ${path} = ${Buffer.from(read(0, size)).toString('latin1')}`);
  }

  skipped(path: string, fileBytes: number, reason: SkipReason): void {
    this.events.push(`skip ${path} (${fileBytes}) ${reason}`);
  }
}

const LIMITS = { entries: 1000, pathBytes: 4096, fileBytes: 1_000_000 };

/** Walks `tar` in pieces of a size, and tells all that came of it. */
export function walk(
  tar: Buffer,
  options: { visitor?: RecordingVisitor; pieceBytes?: number; limits?: Partial<typeof LIMITS> } = {},
) {
  const { visitor = new RecordingVisitor(), pieceBytes = tar.length || 1 } = options;
  const walker = new TarWalker(visitor, { ...LIMITS, ...options.limits });
  for (let at = 0; at < tar.length; at += pieceBytes) walker.push(tar.subarray(at, at + pieceBytes));
  return {
    events: visitor.events,
    failure: walker.finish(),
    rejected: walker.rejected,
    rejectedCount: walker.rejectedCount,
    entries: walker.entries,
  };
}
