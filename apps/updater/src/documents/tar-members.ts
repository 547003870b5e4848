import { type ArchiveContent, MalformedDocument } from '@clair/feeds';
import { type SkipReason, type TarFile, TarWalker } from '@clair/oci';
import { type ArchiveLimits, type ArchiveMember, tooLarge } from './archive-member.ts';
import { inflate } from './inflate.ts';

const PATH_BYTES_MAX = 4096;

/** The wanted files of a tar, compressed or not; one of them is in memory at a time, and those that came in the same piece. */
export async function* tarMembers(
  chunks: AsyncIterable<Uint8Array>,
  content: ArchiveContent,
  limits: ArchiveLimits,
): AsyncGenerator<ArchiveMember> {
  let found: ArchiveMember[] = [];
  const visitor = {
    directory: () => {},
    other: () => {},
    hardlink: () => {},
    wants: (path: string) => content.wants(path),
    file: (path: string, { size, read }: TarFile) => {
      found.push({ path, document: only(read(0, size)) });
    },
    skipped: (path: string, fileBytes: number, reason: SkipReason) => {
      if (reason === 'limit') found.push({ path, rejected: tooLarge(fileBytes, content.memberBytesMax) });
      else if (reason === 'sparse' && content.wants(path)) found.push({ path, rejected: 'it is stored with holes' });
    },
  };
  const walker = new TarWalker(visitor, {
    entries: limits.entriesMax,
    pathBytes: PATH_BYTES_MAX,
    fileBytes: content.memberBytesMax,
  });
  const requireTar = (failure: { readonly message: string } | undefined): void => {
    if (failure !== undefined) throw new MalformedDocument(failure.message);
  };
  for await (const chunk of inflate(chunks, limits)) {
    requireTar(walker.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)));
    const members = found;
    found = [];
    yield* members;
  }
  requireTar(walker.finish());
  for (const { name, reason } of walker.rejected) yield { path: name, rejected: reason };
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
