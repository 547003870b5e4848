import type { FetchRequest } from '@clair/feeds';
import type { Result } from '@clair/model';

/** A document that lies in a file of the work directory. */
export interface FetchedDocument {
  readonly kind: 'document';
  readonly bytes: number;
  /** sha256 of the content as it was transferred, hex. */
  readonly contentHash: string;
  /** Validators of the request's own URL; empty when a mirror gave the document. */
  readonly etag: string;
  readonly lastModified: string;
  /** `Last-Modified` of the server that gave it, RFC 3339; empty when it said none. */
  readonly publishedAt: string;
  open(): AsyncIterable<Uint8Array>;
}

export type FetchOutcome = FetchedDocument | { readonly kind: 'not-modified' } | { readonly kind: 'absent' };

/** What a server said of a document, by which it can say that it is the same; empty where it said nothing. */
export interface Validators {
  readonly etag: string;
  readonly lastModified: string;
}

export interface FetchOptions {
  /** Where the document is written. */
  readonly path: string;
  /** What is held already: its ETag and Last-Modified are sent along. */
  readonly conditional: Validators | undefined;
  readonly signal: AbortSignal;
}

/** A document that is in memory, as it was transferred. */
export type WholeDocument = { readonly kind: 'document'; readonly bytes: Uint8Array } | { readonly kind: 'absent' };

/**
 * Gets documents of feeds: from the first place that has them, with the checksum that the source says. Errors are sentences
 * for the operator.
 */
export interface Fetcher {
  fetch(request: FetchRequest, options: FetchOptions): Promise<Result<FetchOutcome, string>>;
  /** A small document, of up to 64 MiB, in memory: an index, a log, one that changed by itself. */
  fetchWhole(request: FetchRequest, signal: AbortSignal): Promise<Result<WholeDocument, string>>;
}
