/** Why the content of a regular file was not handed over. `sparse`: stored with holes, which nobody needs to read in an image. */
export type SkipReason = 'unwanted' | 'limit' | 'sparse';

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
  /** Whether to hold the content of a regular file in memory and hand it to {@link file}. */
  wants(path: string, fileBytes: number): boolean;
  /** The whole content; the visitor may keep it. */
  file(path: string, bytes: Uint8Array): void;
  /** A regular file whose content went by. */
  skipped(path: string, fileBytes: number, reason: SkipReason): void;
}

/** An entry that has no place in the image; it cost itself, not the layer. */
export interface RejectedEntry {
  /** As written in the tar, at most 200 characters of it. */
  readonly name: string;
  readonly reason: string;
}
