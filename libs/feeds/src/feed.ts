import type { Advisory, Enrichment, Rejection, Result } from '@clair/model';
import type { RecordFilter } from './record-filter.ts';
import type { Scratch } from './scratch.ts';

/** What an operator wrote for a feed under `updaters.config.<feed>`: strings by Clair's keys (`url`, `json_url`). */
export type FeedOptions = Readonly<Record<string, unknown>>;

export interface FetchRequest {
  readonly url: string;
  /** Other places of the same document, asked in turn when the first cannot be had. */
  readonly mirrors?: readonly string[];
  /** Bytes of the answer that are more than any real one; the download stops there and the feed keeps its old data. */
  readonly bytesMax: number;
  /** A 404 means "there is no such partition" and is no error. */
  readonly absentIsFine?: boolean;
  /** What the source says the document's bytes hash to, as transferred. Others are refused. */
  readonly checksum?: { readonly algorithm: 'sha1' | 'sha256' | 'sha512'; readonly hex: string };
}

/**
 * An independently fetched part of a feed. A document compressed with gzip, bzip2 or zstd is recognised by its first bytes
 * and decompressed before it is parsed; nobody has to say so.
 */
export interface Partition {
  /** Unique within the feed and stable: `v3.20/main`; `all` when the feed is one document. */
  readonly name: string;
  /** The namespaces it speaks for, known before it is read, so that "nothing is known against it" can be told from "nobody looked". */
  readonly namespaces: readonly string[];
  readonly request: FetchRequest;
  /** The document is an archive, of which each wanted member is parsed as a document of its own. */
  readonly archive?: ArchiveContent;
  /** After the first time, the source is asked for what changed since, instead of for the whole. */
  readonly changes?: ChangeLog;
}

export interface ArchiveContent {
  readonly format: 'zip' | 'tar';
  /** By the member's path in the archive. */
  wants(path: string): boolean;
  /** A larger member is a rejection. */
  readonly memberBytesMax: number;
}

/** A document of a partition that changed by itself. It holds the advisory of that key, or none. */
export interface ChangedDocument {
  readonly key: string;
  /** When it changed: RFC 3339, UTC. */
  readonly at: string;
  /** Absent: the source has withdrawn the document. */
  readonly request?: FetchRequest;
}

/** How a source tells what changed in a partition of many small documents. */
export interface ChangeLog {
  /** Its logs, all asked for in every run. */
  readonly requests: readonly FetchRequest[];
  /** What changed at `since` or later, from the logs in the order of {@link requests}; each key once, at its newest. */
  read(logs: readonly string[], since: string): Result<readonly ChangedDocument[], string>;
  /** A mirror may have the archive alone: where the first log is absent, the archive is asked for in every run. */
  readonly mayBeAbsent?: true;
  /** After more changes than this the whole partition is fetched anew. */
  readonly documentsMax: number;
}

/** What a feed must be asked before its partitions are known. */
export interface PartitionIndex {
  readonly request: FetchRequest;
  /** What the index document says is to be requested next: partitions, or a further index (a mirror list, then a repository's index). */
  read(document: Uint8Array, text: string): Result<FeedPlan, string>;
}

export type FeedPlan =
  | { readonly kind: 'partitions'; readonly partitions: readonly Partition[] }
  /** `fallback` is used when the index answers 404: a mirror without a listing. */
  | { readonly kind: 'index'; readonly index: PartitionIndex; readonly fallback: readonly Partition[] }
  /** All of them together, for a source that is several independent ones. One that cannot be had does not cost the others. */
  | { readonly kind: 'several'; readonly plans: readonly { readonly name: string; readonly plan: FeedPlan }[] };

/** What a caller can lend to a feed that reads a document; a feed uses what it has a use for. */
export interface ParseAids {
  /** Where what must be kept of a large document can lie. */
  readonly scratch?: Scratch | undefined;
  /** Records that need not be parsed. */
  readonly filter?: RecordFilter | undefined;
}

/** What a feed says: of packages, or, where it is one of enrichments, of flaws. */
export type FeedRecord = Advisory | Enrichment;

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
  /** Keys that Clair has for its set of this name and that mean nothing here; they are no error, and a warning says so. */
  readonly unusedOptionKeys?: readonly string[];
  /** Raised with every change of what {@link parse} yields: documents that did not change are then read again. */
  readonly revision: number;
  /** Its records are about flaws, and are joined to advisories when a report is read; its partitions speak for no namespace. */
  readonly enriches?: true;
  /** How old its data may be before a report calls it stale. */
  readonly staleAfterHours: number;
  /** What to request. The error is a sentence for the operator, naming the key. */
  plan(options: FeedOptions): Result<FeedPlan, string>;
  /**
   * Reads one document of a partition, streamed: the whole, or one member of its archive, or one that changed by itself.
   * Yields every record as an advisory (a feed of enrichments: as an enrichment) or as a rejection.
   * Throws {@link MalformedDocument} when the document is not what it should be (HTML, cut short); nothing of it may be used then.
   */
  parse(
    partition: Partition,
    document: AsyncIterable<Uint8Array>,
    aids?: ParseAids,
  ): AsyncIterable<Result<FeedRecord, Rejection>>;
}

/** The document as a whole is not of the feed's format. The updater keeps the last good data and says why. */
export class MalformedDocument extends Error {
  override readonly name = 'MalformedDocument';
}
