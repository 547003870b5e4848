import type { TarFile } from './tar-file.ts';

/**
 * Why the content of a regular file was not handed over. `unwanted-content`: {@link TarVisitor.wantsContent} said no. `sparse`: stored
 * with holes, which nobody needs to read in an image. `not-held`: there was no room for it on the disk.
 */
export type SkipReason = 'unwanted' | 'unwanted-content' | 'limit' | 'sparse' | 'not-held';

/**
 * Sees the entries of a layer in the order of the tar. Every method is synchronous: a layer has tens of thousands of entries.
 * Paths have no leading `/` or `./`, no empty, `.` or `..` component, and are never empty.
 */
export interface TarVisitor {
  directory(path: string): void;
  /** Symbolic links, devices, pipes: something that is no regular file and hides what lies below. */
  other(path: string): void;
  /** `path` is another name of `target`, which this layer may or may not hold. */
  hardlink(path: string, target: string): void;
  /** Whether to hold the content of a regular file and hand it to {@link file}. */
  wants(path: string, fileBytes: number): boolean;
  /** Asked of a wanted file once its first 512 bytes are there, or all of a shorter one; if not, the rest goes by. Absent: yes. */
  wantsContent?(path: string, head: Uint8Array, fileBytes: number): boolean;
  /**
   * The whole content, which is gone after the call. What its `read` gives may be kept, unless the walk was given `memoryBytes`: then it
   * is gone as well.
   */
  file(path: string, content: TarFile): void;
  /** A regular file whose content went by. */
  skipped(path: string, fileBytes: number, reason: SkipReason): void;
}

/** An entry that has no place in the image; it cost itself, not the layer. */
export interface RejectedEntry {
  /** As written in the tar, at most 200 characters of it. */
  readonly name: string;
  readonly reason: string;
}
