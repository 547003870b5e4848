import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import type { ArchiveContent } from '@clair/feeds';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { type ArchiveLimits, type ArchiveMember, DamagedArchive, tooLarge } from './archive-member.ts';
import { bombProblem } from './inflate.ts';

const STORED = 0;
const DEFLATED = 8;

/** The wanted files of a zip, each inflated as it is read, its length and checksum verified. */
export async function* zipMembers(
  path: string,
  content: ArchiveContent,
  limits: ArchiveLimits,
): AsyncGenerator<ArchiveMember> {
  const compressedBytes = (await stat(path)).size;
  // Names are not checked and not decoded: nothing is ever written under them.
  const zip = await readable(() => openPromise(path, { autoClose: false, decodeStrings: false }));
  let inflatedBytes = 0;
  const account = (bytes: number): void => {
    inflatedBytes += bytes;
    const problem = bombProblem(inflatedBytes, compressedBytes, limits);
    if (problem !== undefined) throw new DamagedArchive(problem);
  };
  try {
    if (zip.entryCount > limits.entriesMax) {
      throw new DamagedArchive(`the zip has ${zip.entryCount} entries; the limit is ${limits.entriesMax}`);
    }
    const entries = zip.eachEntry();
    for (;;) {
      const next = await readable(() => entries.next());
      if (next.done === true) return;
      const name = nameOf(next.value);
      if (name.endsWith('/') || !content.wants(name)) continue;
      const problem = problemOf(next.value, content);
      if (problem !== undefined) yield { path: name, rejected: problem };
      else yield { path: name, document: contentOf(zip, next.value, account) };
    }
  } finally {
    zip.close();
  }
}

function nameOf(entry: Entry): string {
  return new TextDecoder().decode(entry.fileNameRaw).replace(/^(?:\.?\/)+/, '');
}

function problemOf(entry: Entry, content: ArchiveContent): string | undefined {
  if (entry.isEncrypted()) return 'it is encrypted';
  const method = entry.compressionMethod;
  if (method !== STORED && method !== DEFLATED) return `compression method ${method} of zip is not supported`;
  const bytes = entry.uncompressedSize;
  return bytes > content.memberBytesMax ? tooLarge(bytes, content.memberBytesMax) : undefined;
}

/** The reader itself ends when there are more bytes than the entry says; so this bounds memory and disk alike. */
async function* contentOf(zip: ZipFile, entry: Entry, account: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const stream: Readable = await readable(() => zip.openReadStreamPromise(entry));
  let checksum = 0;
  const chunks: AsyncIterator<Uint8Array> = stream[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await readable(() => chunks.next());
      if (next.done === true) break;
      account(next.value.length);
      checksum = crc32(next.value, checksum);
      yield next.value;
    }
  } finally {
    stream.destroy();
  }
  if (checksum !== entry.crc32) throw new DamagedArchive('the zip is damaged: a member has another checksum');
}

/** What the reader rejects with is what is wrong with the file. */
async function readable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new DamagedArchive(`the zip is damaged: ${error instanceof Error ? error.message : String(error)}`);
  }
}
