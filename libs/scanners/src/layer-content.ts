import type { MissingBytes } from './file-reading.ts';

/** Kept for hard links in the first pass. A package database is a few MiB, and nearly no layer has a link to one. */
const RETAINED_BYTES_MAX = 16 * 1024 * 1024;
/** Kept in the second pass, of the files that it is made for. */
const RETAINED_ALSO_WANTED_BYTES_MAX = 256 * 1024 * 1024;

/** A regular file's content, which hard links share. */
export interface LayerContent {
  /** The path under which the bytes were streamed. */
  readonly source: string;
  /** `undefined` when the bytes were streamed past and not kept. */
  readonly bytes: Uint8Array | MissingBytes | undefined;
  readonly decode: (bytes: Uint8Array) => string;
}

/** The content of a file whose bytes nobody asked for. */
export function passedContent(source: string): LayerContent {
  return { source, bytes: undefined, decode: () => '' };
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
  keep(content: LayerContent): LayerContent {
    const { bytes } = content;
    if (!(bytes instanceof Uint8Array)) return content;
    const isAlsoWanted = this.#alsoWanted.has(content.source);
    if (bytes.length > (isAlsoWanted ? this.#alsoWantedBytesLeft : this.#bytesLeft)) {
      return { ...content, bytes: undefined };
    }
    if (isAlsoWanted) this.#alsoWantedBytesLeft -= bytes.length;
    else this.#bytesLeft -= bytes.length;
    return { ...content, bytes: bytes.slice() };
  }
}
