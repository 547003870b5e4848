import { join } from 'node:path';
import type { MatcherServiceClient } from '@clair/contracts';
import type { Feed, FeedOptions, Partition } from '@clair/feeds';
import { err, ok, type Result } from '@clair/model';
import type { PartitionState } from '../store/partitions.ts';
import { applyUpdate, type ReadyPartition } from './apply.ts';
import type { FetchedDocument, Fetcher } from './fetcher.ts';
import { type ParsedPartition, parsePartition } from './parse-partition.ts';
import { planPartitions } from './plan.ts';
import { believableRemovals, implausibleContent, type PlausibilityLimits, plausibleBytesMax } from './plausibility.ts';
import { withWorkDirectory } from './spool.ts';

export interface FeedRunInput {
  readonly feed: Feed;
  readonly options: FeedOptions;
  /** What was taken and sent before. */
  readonly known: ReadonlyMap<string, PartitionState>;
  /** Fetch and send even what is unchanged or implausible. */
  readonly force: boolean;
  readonly signal: AbortSignal;
}

export interface FeedRunDeps {
  readonly fetcher: Fetcher;
  readonly matcher: MatcherServiceClient;
  readonly clock: () => number;
  readonly limits: PlausibilityLimits;
}

export interface FeedRunResult {
  readonly changed: boolean;
  /** The matcher's operation, or 0 when nothing changed. */
  readonly operation: number;
  readonly partitions: number;
  /** `partition: why`, for each that failed; its last good data stays. */
  readonly failures: readonly string[];
  readonly rejections: readonly string[];
  readonly fetchedBytes: number;
  /** To be kept: what the matcher now has. */
  readonly saved: readonly PartitionState[];
  readonly forgotten: readonly string[];
}

/**
 * Fetches what changed of a feed and hands it to the matcher in one update. A partition that cannot be fetched, read or
 * believed costs that partition: the others are applied, and its last good data stays. The error is for the whole feed.
 */
export async function runFeed(input: FeedRunInput, deps: FeedRunDeps): Promise<Result<FeedRunResult, string>> {
  const held = await heldByMatcher(input.feed.id, deps.matcher, input.signal);
  return withWorkDirectory(async (directory) => {
    const fetchedAt = new Date(deps.clock()).toISOString();
    const prepared = await prepareFeed({ ...input, held, directory }, deps);
    if (!prepared.ok) return prepared;
    if (prepared.value.every((one) => one.kind === 'failed')) return err(failuresOf(prepared.value).join('; '));
    return ok(await apply(input, { prepared: prepared.value, fetchedAt, held }, deps));
  });
}

export interface PrepareFeedInput extends FeedRunInput {
  /** What the matcher has of the feed: partition to fingerprint. */
  readonly held: ReadonlyMap<string, string>;
  /** Where documents and spools lie until they are sent. */
  readonly directory: string;
}

/** Every partition of the feed, fetched and read as far as it changed. The error is for the whole feed. */
export async function prepareFeed(
  input: PrepareFeedInput,
  deps: Pick<FeedRunDeps, 'fetcher' | 'limits'>,
): Promise<Result<PreparedPartition[], string>> {
  const plan = await planPartitions(input.feed, input.options, deps.fetcher, input.signal);
  if (!plan.ok) return plan;
  const prepared: PreparedPartition[] = [];
  for (const [index, partition] of plan.value.entries()) {
    const known = believed(input, partition, input.held);
    const paths = {
      document: join(input.directory, `${index}.document`),
      spool: join(input.directory, `${index}.spool`),
    };
    prepared.push(await preparePartition({ ...input, partition, known, paths }, deps));
  }
  return ok(prepared);
}

/** What the matcher has, by partition: the fingerprint that was sent with it. A matcher that lost its data gets all again. */
async function heldByMatcher(
  feed: string,
  matcher: MatcherServiceClient,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const { feeds } = await matcher.listFeeds({}, { signal });
  const held = feeds.find((candidate) => candidate.feed === feed);
  return new Map((held?.partitions ?? []).map((partition) => [partition.name, partition.fingerprint]));
}

/** The last fetch of the partition, unless it must not be relied on. */
function believed(
  input: FeedRunInput,
  partition: Partition,
  held: ReadonlyMap<string, string>,
): PartitionState | undefined {
  const known = input.known.get(partition.name);
  if (known === undefined || known.url !== partition.request.url) return undefined;
  return held.get(partition.name) === known.contentHash ? known : undefined;
}

export type PreparedPartition =
  | { readonly kind: 'unchanged'; readonly name: string; readonly bytes: number }
  | { readonly kind: 'absent'; readonly name: string }
  | { readonly kind: 'failed'; readonly name: string; readonly reason: string; readonly bytes: number }
  | {
      readonly kind: 'ready';
      readonly name: string;
      readonly partition: Partition;
      readonly document: FetchedDocument;
      readonly parsed: ParsedPartition;
      readonly spoolPath: string;
    };

interface PrepareInput extends Omit<FeedRunInput, 'known'> {
  readonly partition: Partition;
  readonly known: PartitionState | undefined;
  readonly paths: { readonly document: string; readonly spool: string };
}

async function preparePartition(
  input: PrepareInput,
  deps: Pick<FeedRunDeps, 'fetcher' | 'limits'>,
): Promise<PreparedPartition> {
  const { partition, known, force } = input;
  const name = partition.name;
  const bytesMax = force
    ? partition.request.bytesMax
    : plausibleBytesMax(partition.request.bytesMax, known?.bytes, deps.limits);
  const fetched = await deps.fetcher.fetch(
    { ...partition.request, bytesMax },
    { path: input.paths.document, conditional: force ? undefined : known, signal: input.signal },
  );
  if (!fetched.ok) return { kind: 'failed', name, reason: fetched.error, bytes: 0 };
  if (fetched.value.kind === 'absent') return { kind: 'absent', name };
  if (fetched.value.kind === 'not-modified') return { kind: 'unchanged', name, bytes: 0 };
  const document = fetched.value;
  if (!force && known?.contentHash === document.contentHash) return { kind: 'unchanged', name, bytes: document.bytes };
  const parsed = await parsePartition(input.feed, partition, {
    document: document.open(),
    spoolPath: input.paths.spool,
  });
  if (!parsed.ok) return { kind: 'failed', name, reason: parsed.error, bytes: document.bytes };
  const implausible = force ? undefined : implausibleContent(parsed.value, known, deps.limits);
  if (implausible !== undefined) return { kind: 'failed', name, reason: implausible, bytes: document.bytes };
  return { kind: 'ready', name, partition, document, parsed: parsed.value, spoolPath: input.paths.spool };
}

interface Gathered {
  readonly prepared: readonly PreparedPartition[];
  readonly fetchedAt: string;
  readonly held: ReadonlyMap<string, string>;
}

async function apply(input: FeedRunInput, gathered: Gathered, deps: FeedRunDeps): Promise<FeedRunResult> {
  const { prepared, held } = gathered;
  const ready = prepared.filter((one) => one.kind === 'ready');
  const present = new Set(prepared.filter((one) => one.kind !== 'absent').map((one) => one.name));
  const gone = [...held.keys()].filter((name) => !present.has(name));
  const removed = input.force ? gone : believableRemovals(gone, held.size);
  const failures = failuresOf(prepared);
  if (removed.length < gone.length) {
    failures.push(`${gone.length} of ${held.size} partitions are gone; run it with --force if that is right`);
  }
  const update = {
    feed: input.feed.id,
    // The feed is only as fresh as its oldest partition: while one fails, its age grows, and reports say so.
    fetchedAt: failures.length === 0 ? gathered.fetchedAt : '',
    staleAfterHours: input.feed.staleAfterHours,
    partitions: ready.map(toReady),
    removed,
  };
  const answer = await applyUpdate(deps.matcher, update, input.signal);
  return {
    changed: !answer.unchanged,
    operation: answer.operation,
    partitions: present.size,
    failures,
    rejections: ready.flatMap((one) => one.parsed.rejections).slice(0, 20),
    fetchedBytes: prepared.reduce((sum, one) => sum + bytesOf(one), 0),
    saved: ready.map(toState),
    forgotten: [...input.known.keys()].filter((name) => !present.has(name)),
  };
}

export function failuresOf(prepared: readonly PreparedPartition[]): string[] {
  return prepared.filter((one) => one.kind === 'failed').map((one) => `${one.name}: ${one.reason}`);
}

function bytesOf(one: PreparedPartition): number {
  if (one.kind === 'ready') return one.document.bytes;
  return one.kind === 'absent' ? 0 : one.bytes;
}

type Ready = Extract<PreparedPartition, { readonly kind: 'ready' }>;

export function toReady(one: Ready): ReadyPartition {
  return {
    name: one.name,
    fingerprint: one.document.contentHash,
    namespaces: one.partition.namespaces,
    rejected: one.parsed.rejectedRecords,
    advisories: one.parsed.advisories,
    spoolPath: one.spoolPath,
  };
}

function toState(one: Ready): PartitionState {
  return {
    name: one.name,
    url: one.partition.request.url,
    etag: one.document.etag,
    lastModified: one.document.lastModified,
    contentHash: one.document.contentHash,
    bytes: one.document.bytes,
    advisories: one.parsed.advisories,
    rejectedRecords: one.parsed.rejectedRecords,
  };
}
