import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Feed, FeedOptions, Partition } from '@clair/feeds';
import { err, ok, type Result } from '@clair/model';
import type { PartitionState } from '../store/partitions.ts';
import type { FetchedDocument, Fetcher } from './fetcher.ts';
import { mapConcurrently } from './map-concurrently.ts';
import { type ParsedPartition, parsePartition } from './parse-partition.ts';
import { planPartitions } from './plan.ts';
import { implausibleContent, type PlausibilityLimits, plausibleBytesMax } from './plausibility.ts';

export interface PrepareFeedInput {
  readonly feed: Feed;
  readonly options: FeedOptions;
  /** What was taken and sent before. */
  readonly known: ReadonlyMap<string, PartitionState>;
  /** What the matcher has of the feed: partition to fingerprint. */
  readonly held: ReadonlyMap<string, string>;
  /** Fetch and send even what is unchanged or implausible. */
  readonly force: boolean;
  /** Where documents and spools lie until they are sent. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

export interface PrepareDeps {
  readonly fetcher: Fetcher;
  readonly limits: PlausibilityLimits;
  /** Partitions fetched and read at once. */
  readonly concurrency: number;
}

export type PreparedPartition =
  /** `state`: what to remember of it when the document was fetched and found to be the same. */
  | { readonly kind: 'unchanged'; readonly name: string; readonly bytes: number; readonly state?: PartitionState }
  | { readonly kind: 'absent'; readonly name: string }
  | { readonly kind: 'failed'; readonly name: string; readonly reason: string; readonly bytes: number }
  | ReadyDocument;

export interface ReadyDocument {
  readonly kind: 'ready';
  readonly name: string;
  readonly partition: Partition;
  readonly document: FetchedDocument;
  readonly parsed: ParsedPartition;
  readonly spoolPath: string;
}

/**
 * Every partition of the feed in the order of its plan, fetched and read as far as it changed. The errors are for the
 * whole feed: nothing of it can be used.
 */
export async function prepareFeed(
  input: PrepareFeedInput,
  deps: PrepareDeps,
): Promise<Result<PreparedPartition[], readonly string[]>> {
  const plan = await planPartitions(input.feed, input.options, deps.fetcher, input.signal);
  if (!plan.ok) return err([plan.error]);
  if (plan.value.length === 0) return err(['the feed has no partition']);
  const prepared = await mapConcurrently(plan.value, deps.concurrency, (partition, index) => {
    input.signal.throwIfAborted();
    const paths = {
      document: join(input.directory, `${index}.document`),
      spool: join(input.directory, `${index}.spool`),
    };
    return preparePartition({ ...input, partition, paths }, deps);
  });
  if (prepared.some(({ kind }) => kind === 'ready' || kind === 'unchanged')) return ok(prepared);
  const failures = failuresOf(prepared);
  if (failures.length > 0) return err(failures);
  return err([`the source has none of the ${prepared.length} documents that were asked for`]);
}

/** `partition: why`, for each that failed. */
export function failuresOf(prepared: readonly PreparedPartition[]): string[] {
  return prepared.filter((one) => one.kind === 'failed').map((one) => `${one.name}: ${one.reason}`);
}

interface PartitionInput extends PrepareFeedInput {
  readonly partition: Partition;
  readonly paths: { readonly document: string; readonly spool: string };
}

async function preparePartition(input: PartitionInput, deps: PrepareDeps): Promise<PreparedPartition> {
  const { partition, force } = input;
  const { name, request } = partition;
  const known = believed(input);
  const before = lastGood(input);
  const bytesMax = force ? request.bytesMax : plausibleBytesMax(request.bytesMax, before?.bytes, deps.limits);
  const fetched = await deps.fetcher.fetch(
    { ...request, bytesMax },
    { path: input.paths.document, conditional: force ? undefined : known, signal: input.signal },
  );
  if (!fetched.ok) return { kind: 'failed', name, reason: fetched.error, bytes: 0 };
  if (fetched.value.kind === 'absent') return { kind: 'absent', name };
  if (fetched.value.kind === 'not-modified') return { kind: 'unchanged', name, bytes: 0 };
  const document = { ...fetched.value, contentHash: revisedHash(input.feed, fetched.value.contentHash) };
  if (!force && known?.contentHash === document.contentHash) {
    const { etag, lastModified, bytes } = document;
    return { kind: 'unchanged', name, bytes, state: { ...known, etag, lastModified } };
  }
  const io = { document: document.open(), spoolPath: input.paths.spool };
  const parsed = await parsePartition(input.feed, partition, io);
  await rm(input.paths.document, { force: true });
  if (!parsed.ok) return { kind: 'failed', name, reason: parsed.error, bytes: document.bytes };
  // Forced, it need not resemble the last one; but a document of which nothing reads is none.
  const implausible = implausibleContent(parsed.value, force ? undefined : before, deps.limits);
  if (implausible !== undefined) return { kind: 'failed', name, reason: implausible, bytes: document.bytes };
  return { kind: 'ready', name, partition, document, parsed: parsed.value, spoolPath: input.paths.spool };
}

/** A document and how it was read: what the matcher holds is the same only if both are. */
function revisedHash(feed: Feed, contentHash: string): string {
  return `r${feed.revision}:${contentHash}`;
}

/**
 * The last fetch of the partition, if the matcher has just that, read as it would be now: only then may "not modified" be
 * believed.
 */
function believed({ feed, known, held, partition }: PartitionInput): PartitionState | undefined {
  const state = known.get(partition.name);
  if (state === undefined || state.url !== partition.request.url) return undefined;
  if (!state.contentHash.startsWith(revisedHash(feed, ''))) return undefined;
  return held.get(partition.name) === state.contentHash ? state : undefined;
}

/** What the partition is measured against: its last fetch, from whatever URL, while the matcher has data of it to lose. */
function lastGood({ known, held, partition }: PartitionInput): PartitionState | undefined {
  return held.has(partition.name) ? known.get(partition.name) : undefined;
}
