import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { type Digest, err, ok, type Result } from '@clair/model';
import { type ImageError, imageError } from '../image/image-error.ts';
import { DEFAULT_PLATFORM, type Platform } from '../image/platform.ts';
import type { ResolvedImage, ResolvedLayer } from '../image/resolved-image.ts';
import { messageOf } from './directory-files.ts';
import { type DirectoryNotes, directoryTar, newNotes } from './directory-tar.ts';

/**
 * A directory as an image of one layer, which is written as a tar while it is read. Reads everything once to know the digest.
 * Files that cannot be read are missing from it and listed in `notes`.
 */
export async function resolveDirectoryImage(
  directory: string,
  platform: Platform | undefined,
  signal: AbortSignal,
): Promise<Result<ResolvedImage, ImageError>> {
  try {
    if (!(await stat(directory)).isDirectory())
      return err(imageError('unreadable', `${directory}: this is no directory`));
  } catch (reason) {
    return err(imageError('unreadable', `${directory}: cannot be read: ${messageOf(reason)}`));
  }
  const sinceMs = Date.now();
  const notes = newNotes();
  const hash = createHash('sha256');
  let size = 0;
  for await (const piece of directoryTar(directory, sinceMs, notes)) {
    signal.throwIfAborted();
    hash.update(piece);
    size += piece.length;
  }
  // Safety: the hex digest of sha256 is 64 lower-case characters.
  const digest = `sha256:${hash.digest('hex')}` as Digest;
  const layer = {
    digest,
    mediaType: 'application/vnd.oci.image.layer.v1.tar',
    size,
    uri: '',
    headers: {},
    foreign: false,
  };
  const open = async ({ digest: wanted }: ResolvedLayer) =>
    Readable.from(sameAgain(directory, sinceMs, wanted), { objectMode: false });
  return ok({ digest, platform: platform ?? DEFAULT_PLATFORM, layers: [layer], notes: describe(notes), open });
}

/** The same bytes a second time, or an error that says why they are not the same. */
async function* sameAgain(directory: string, sinceMs: number, wanted: Digest): AsyncGenerator<Buffer> {
  const notes = newNotes();
  const hash = createHash('sha256');
  for await (const piece of directoryTar(directory, sinceMs, notes)) {
    hash.update(piece);
    yield piece;
  }
  if (`sha256:${hash.digest('hex')}` === wanted) return;
  const which = notes.changed === undefined ? 'something in it' : notes.changed;
  throw new Error(`${directory} changed while it was read (${which}); scan a copy or a snapshot of it`);
}

function describe({ unreadable, unreadableCount }: DirectoryNotes): string[] {
  if (unreadableCount === 0) return [];
  const more = unreadableCount > unreadable.length ? ', …' : '';
  return [`${unreadableCount} files could not be read and are not looked at: ${unreadable.join(', ')}${more}`];
}
