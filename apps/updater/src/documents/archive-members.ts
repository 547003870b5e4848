import { type ArchiveContent, MalformedDocument } from '@clair/feeds';
import { ARCHIVE_LIMITS, type ArchiveLimits, type ArchiveMember } from './archive-member.ts';
import { tarMembers } from './tar-members.ts';
import { zipMembers } from './zip-members.ts';

/** An archive as it was fetched: a file, for zip is read from its end, and its bytes. */
export interface ArchiveFile {
  readonly path: string;
  readonly content: AsyncIterable<Uint8Array>;
}

/**
 * The wanted members, in the order of the archive; each document must be read, or left, before the next is asked for. Throws
 * {@link DamagedArchive} or {@link MalformedDocument} when the archive is none, cut, damaged, a bomb, or has no member that
 * is wanted; while a member is read, only the former is about the archive.
 */
export async function* archiveMembers(
  file: ArchiveFile,
  content: ArchiveContent,
  limits: ArchiveLimits = ARCHIVE_LIMITS,
): AsyncGenerator<ArchiveMember> {
  let members = 0;
  const all =
    content.format === 'zip' ? zipMembers(file.path, content, limits) : tarMembers(file.content, content, limits);
  for await (const member of all) {
    members += 1;
    yield member;
  }
  if (members === 0)
    throw new MalformedDocument(`the ${content.format} archive has none of the documents that are wanted`);
}
