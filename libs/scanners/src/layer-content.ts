/** A file of a layer as whoever reads the layer holds it: in memory, or on disk when it is large. Both are gone after the call. */
export interface FileContent {
  readonly size: number;
  /** At most `length` bytes from `offset` on. They may change when the call that gave the content has returned. */
  read(offset: number, length: number): Uint8Array;
}

/** Why the bytes of a file are not there: larger than any scanner of it allows, or not read for another reason. */
export type MissingContent = 'too-large' | 'unread';

/** The content of bytes in memory. */
export function contentOf(bytes: Uint8Array): FileContent {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

/** Kept for hard links in the first pass. A package database is a few MiB, and nearly no layer has a link to one. */
const RETAINED_BYTES_MAX = 16 * 1024 * 1024;
/** Kept in the second pass, of the files that it is made for. */
const RETAINED_ALSO_WANTED_BYTES_MAX = 256 * 1024 * 1024;

/** A regular file's content, which hard links share. */
export interface LayerContent {
  /** The path under which the bytes were streamed. */
  readonly source: string;
  /** `undefined` when the bytes were streamed past and not kept. */
  readonly bytes: FileContent | MissingContent | undefined;
}

/** The content of a file whose bytes nobody asked for. */
export function passedContent(source: string): LayerContent {
  return { source, bytes: undefined };
}

/** Copies bytes while they fit a fixed budget. */
export class RetainedBytes {
  readonly #alsoWanted: ReadonlySet<string>;
  #bytesLeft = RETAINED_BYTES_MAX;
  #alsoWantedBytesLeft = RETAINED_ALSO_WANTED_BYTES_MAX;

  constructor(alsoWanted: ReadonlySet<string>) {
    this.#alsoWanted = alsoWanted;
  }

  /** The content with its own copy of the bytes, or without any when they do not fit. */
  keep(source: string, content: FileContent | MissingContent): LayerContent {
    if (typeof content === 'string') return { source, bytes: content };
    const isAlsoWanted = this.#alsoWanted.has(source);
    if (content.size > (isAlsoWanted ? this.#alsoWantedBytesLeft : this.#bytesLeft)) return passedContent(source);
    if (isAlsoWanted) this.#alsoWantedBytesLeft -= content.size;
    else this.#bytesLeft -= content.size;
    return { source, bytes: contentOf(content.read(0, content.size).slice()) };
  }
}
