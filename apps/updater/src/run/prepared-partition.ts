import type { Feed, Partition } from '@clair/feeds';
import type { PartitionState } from '../store/partitions.ts';
import type { Fetcher } from './fetcher.ts';
import type { OneAtATime } from './one-at-a-time.ts';
import type { PlausibilityLimits } from './plausibility.ts';
import type { RecordHashes } from './record-hashes.ts';
import type { ParsedPartition } from './record-sink.ts';

/** One partition in one run, and where its files may lie. */
export interface PartitionInput {
  readonly feed: Feed;
  readonly partition: Partition;
  /** What was taken and sent before. */
  readonly known: ReadonlyMap<string, PartitionState>;
  /** What the matcher has of the feed: partition to fingerprint. */
  readonly held: ReadonlyMap<string, string>;
  /** Fetch and send even what is unchanged or implausible. */
  readonly force: boolean;
  /** Fetch the whole of partitions that could be asked for their changes. */
  readonly whole: boolean;
  readonly paths: { readonly document: string; readonly spool: string };
  readonly signal: AbortSignal;
  /** The partitions of a feed take turns: what one document takes in memory, two would take twice, and no sooner be read. */
  readonly reading: OneAtATime;
}

export interface PrepareDeps {
  readonly fetcher: Fetcher;
  readonly limits: PlausibilityLimits;
  readonly clock: () => number;
  /** Of the document of a partition with that content hash; absent: nothing is remembered, and changed documents are sent whole. */
  readonly recordHashes?: (partition: string, contentHash: string) => Promise<RecordHashes | undefined>;
  /** Partitions fetched at once, and changed documents of one partition. */
  readonly concurrency: number;
}

/** What came of a partition before anything is sent. `problem`: what is missing from it and was not for lack of data. */
export type PreparedPartition =
  | UnchangedPartition
  | ReadyPartition
  | { readonly kind: 'absent'; readonly name: string }
  | FailedPartition
  /** A plan that could not be had: of its partitions not even the names are known. */
  | { readonly kind: 'unplanned'; readonly name: string; readonly reason: string };

export interface UnchangedPartition {
  readonly kind: 'unchanged';
  readonly name: string;
  readonly bytes: number;
  /** What to remember of it, when that is something else than before. */
  readonly state?: PartitionState;
  readonly problem?: string;
}

export interface FailedPartition {
  readonly kind: 'failed';
  readonly name: string;
  readonly reason: string;
  readonly bytes: number;
}

/** What is to be sent of a partition. */
export interface SpooledRecords {
  readonly spoolPath: string;
  readonly advisories: number;
  /** The spool holds only what changed, and these ended. */
  readonly delta?: { readonly endedKeys: readonly string[] };
}

export interface ReadyPartition {
  readonly kind: 'ready';
  readonly name: string;
  readonly partition: Partition;
  /** What to remember once the matcher has taken it; its `contentHash` is the fingerprint that is sent. */
  readonly state: PartitionState;
  readonly parsed: ParsedPartition;
  readonly bytes: number;
  readonly sent: SpooledRecords;
  /** To be remembered of the document, so that of the next one only the changes have to be sent; encoded, for a feed may have many. */
  readonly hashes?: Uint8Array;
  readonly problem?: string;
}

/** A document and how it was read: what the matcher holds is the same only if both are. */
export function revisedHash(feed: Feed, contentHash: string): string {
  return `r${feed.revision}:${contentHash}`;
}

/** What a partition is known by between runs: archives of one source come under a new name every day, its log does not. */
export function placeOf({ changes, request }: Partition): string {
  return changes?.requests[0]?.url ?? request.url;
}

/** What was last taken of the partition from the same place, read as it would be now. */
export function rememberedState({ feed, known, partition }: PartitionInput): PartitionState | undefined {
  const state = known.get(partition.name);
  if (state === undefined || state.url !== placeOf(partition)) return undefined;
  return state.contentHash.startsWith(revisedHash(feed, '')) ? state : undefined;
}

/** As {@link rememberedState}, if the matcher has just that: only then may "not modified" be believed. */
export function believedState(input: PartitionInput): PartitionState | undefined {
  const state = rememberedState(input);
  return state !== undefined && input.held.get(input.partition.name) === state.contentHash ? state : undefined;
}

/** What the partition is measured against: its last fetch, from whatever URL, while the matcher has data of it to lose. */
export function lastGood({ known, held, partition }: PartitionInput): PartitionState | undefined {
  return held.has(partition.name) ? known.get(partition.name) : undefined;
}
