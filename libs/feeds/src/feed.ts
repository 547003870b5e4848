import type { Advisory, Rejection, Result } from '@clair/model';

/** What an operator wrote for a feed under `updaters.config.<feed>`: strings by Clair's keys (`url`, `json_url`). */
export type FeedOptions = Readonly<Record<string, unknown>>;

export interface FetchRequest {
  readonly url: string;
  /** Bytes of the answer that are more than any real one; the download stops there and the feed keeps its old data. */
  readonly bytesMax: number;
  /** A 404 means "there is no such partition" and is no error. */
  readonly absentIsFine?: boolean;
}

/** An independently fetched part of a feed: one document. */
export interface Partition {
  /** Unique within the feed and stable: `v3.20/main`; `all` when the feed is one document. */
  readonly name: string;
  /** The namespaces it speaks for, known before it is read, so that "nothing is known against it" can be told from "nobody looked". */
  readonly namespaces: readonly string[];
  readonly request: FetchRequest;
}

/** What a feed must be asked before its partitions are known. */
export interface PartitionIndex {
  readonly request: FetchRequest;
  /** The partitions that the index document lists. */
  read(document: Uint8Array, text: string): Result<readonly Partition[], string>;
}

export type FeedPlan =
  | { readonly kind: 'partitions'; readonly partitions: readonly Partition[] }
  /** `fallback` is used when the index answers 404: a mirror without a listing. */
  | { readonly kind: 'index'; readonly index: PartitionIndex; readonly fallback: readonly Partition[] };

/** One source of advisories. A folder of `feeds/`. It describes; the updater fetches, retries, limits and sends. */
export interface Feed {
  /** The folder's name, the name in `updaters.sets`, and the `updater` of a v1 vulnerability. */
  readonly id: string;
  /** A person's name for it: `Debian security tracker`. */
  readonly title: string;
  readonly licence: string;
  /** Where a person reads about it. */
  readonly homepage: string;
  /** Keys that {@link plan} reads from its options; any other key is a configuration error. */
  readonly optionKeys: readonly string[];
  /** Raised with every change of what {@link parse} yields: documents that did not change are then read again. */
  readonly revision: number;
  /** How old its data may be before a report calls it stale. */
  readonly staleAfterHours: number;
  /** What to request. The error is a sentence for the operator, naming the key. */
  plan(options: FeedOptions): Result<FeedPlan, string>;
  /**
   * Reads one partition's document, streamed. Yields every record as an advisory or as a rejection.
   * Throws {@link MalformedDocument} when the document is not what it should be (HTML, cut short); nothing of it may be used then.
   */
  parse(partition: Partition, document: AsyncIterable<Uint8Array>): AsyncIterable<Result<Advisory, Rejection>>;
}

/** The document as a whole is not of the feed's format. The updater keeps the last good data and says why. */
export class MalformedDocument extends Error {
  override readonly name = 'MalformedDocument';
}
