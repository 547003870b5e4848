import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipOptions {
  /** Members are stored, not compressed. */
  readonly isStored?: boolean;
  /** Put before the archive, as a script that starts a jar. */
  readonly prefix?: string;
  readonly comment?: string;
}

/** A zip of these members. @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT 4.3.6 */
export function zipArchive(
  members: Readonly<Record<string, string | Uint8Array>>,
  { isStored = false, prefix = '', comment = '' }: ZipOptions = {},
): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [path, text] of Object.entries(members)) {
    const content = Buffer.from(text);
    const name = Buffer.from(path);
    const data = isStored ? content : deflateRawSync(content);
    // Version needed, flags, method, time, date, checksum, sizes, lengths: the same in both headers.
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(isStored ? 0 : 8, 4);
    facts.writeUInt32LE(crc32(content), 10);
    facts.writeUInt32LE(data.length, 14);
    facts.writeUInt32LE(content.length, 18);
    facts.writeUInt16LE(name.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    const local = Buffer.concat([signature('\x03\x04'), facts, name, data]);
    directory.push(Buffer.concat([signature('\x01\x02\x14\x00'), facts, place, name]));
    locals.push(local);
    offset += local.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(locals.length, 4);
  end.writeUInt16LE(locals.length, 6);
  end.writeUInt32LE(Buffer.concat(directory).length, 8);
  end.writeUInt32LE(offset, 12);
  end.writeUInt16LE(comment.length, 16);
  const rest = [Buffer.from(prefix), ...locals, ...directory, signature('\x05\x06'), end, Buffer.from(comment)];
  return Buffer.concat(rest);
}

function signature(rest: string): Buffer {
  return Buffer.from(`PK${rest}`, 'latin1');
}
