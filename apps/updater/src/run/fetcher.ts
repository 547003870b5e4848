import type { FetchRequest } from '@clair/feeds';
import type { Result } from '@clair/model';
import type { PartitionState } from '../store/partitions.ts';

/** A document that lies in a file of the work directory. */
export interface FetchedDocument {
  readonly kind: 'document';
  readonly bytes: number;
  /** sha256 of the content, hex. */
  readonly contentHash: string;
  readonly etag: string;
  readonly lastModified: string;
  open(): AsyncIterable<Uint8Array>;
}

export type FetchOutcome = FetchedDocument | { readonly kind: 'not-modified' } | { readonly kind: 'absent' };

export interface FetchOptions {
  /** Where the document is written. */
  readonly path: string;
  /** What is held already: its ETag and Last-Modified are sent along. */
  readonly conditional: PartitionState | undefined;
  readonly signal: AbortSignal;
}

/** Gets documents of feeds. Errors are sentences for the operator. */
export interface Fetcher {
  fetch(request: FetchRequest, options: FetchOptions): Promise<Result<FetchOutcome, string>>;
  /** A small document, whole. */
  fetchWhole(
    request: FetchRequest,
    signal: AbortSignal,
  ): Promise<Result<{ readonly kind: 'document'; readonly bytes: Uint8Array } | { readonly kind: 'absent' }, string>>;
}
