import type { MatcherServiceClient } from '@clair/contracts';
import type { Feed, FeedOptions } from '@clair/feeds';
import { ok, type Result } from '@clair/model';
import { ServiceError } from '@clair/service-kit';
import type { PartitionState } from '../store/partitions.ts';
import type { RememberedRecords } from '../store/record-hashes.ts';
import { applyUpdate, feedFingerprint, type SentPartition } from './apply.ts';
import { believableRemovals } from './plausibility.ts';
import { failuresOf, prepareFeed } from './prepare-feed.ts';
import type { PrepareDeps, PreparedPartition, ReadyPartition } from './prepared-partition.ts';
import { withWorkDirectory } from './work-directory.ts';

export interface FeedRunInput {
  readonly feed: Feed;
  readonly options: FeedOptions;
  /** What was taken and sent before. */
  readonly known: ReadonlyMap<string, PartitionState>;
  /** Fetch and send even what is unchanged or implausible. */
  readonly force: boolean;
  readonly signal: AbortSignal;
}

export interface FeedRunDeps extends PrepareDeps {
  readonly matcher: MatcherServiceClient;
}

export interface FeedRunResult {
  readonly changed: boolean;
  /** The matcher's operation, or 0 when nothing changed. */
  readonly operation: number;
  readonly partitions: number;
  /** `partition: why`, for each that failed; its last good data stays. */
  readonly failures: readonly string[];
  /** The first few; `undefined` when no document was read. */
  readonly rejections: readonly string[] | undefined;
  readonly fetchedBytes: number;
  /** To be kept: what the matcher now has. */
  readonly saved: readonly PartitionState[];
  readonly forgotten: readonly string[];
  readonly remembered: readonly RememberedRecords[];
}

const REJECTIONS_SHOWN = 20;

/**
 * Fetches what changed of a feed and hands it to the matcher in one update. A partition that cannot be fetched, read or
 * believed costs that partition: the others are applied, and its last good data stays. The errors are for the whole feed.
 */
export async function runFeed(
  input: FeedRunInput,
  deps: FeedRunDeps,
): Promise<Result<FeedRunResult, readonly string[]>> {
  try {
    return await runOnce({ ...input, whole: false }, deps);
  } catch (error) {
    // The matcher lost what the changes were changes of, after it had said that it has it.
    if (!(error instanceof ServiceError && error.kind === 'failed-precondition')) throw error;
    return runOnce({ ...input, whole: true }, deps);
  }
}

async function runOnce(
  input: FeedRunInput & { readonly whole: boolean },
  deps: FeedRunDeps,
): Promise<Result<FeedRunResult, readonly string[]>> {
  const held = await heldByMatcher(input.feed.id, deps.matcher, input.signal);
  return withWorkDirectory(async (directory) => {
    // Before anything is asked of the source: what it publishes from now on is not in this run.
    const fetchedAt = new Date(deps.clock()).toISOString();
    const prepared = await prepareFeed({ ...input, held: held.partitions, directory }, deps);
    if (!prepared.ok) return prepared;
    return ok(await apply(input, { prepared: prepared.value, fetchedAt, held }, deps));
  });
}

interface Held {
  readonly fetchedAt: string;
  readonly partitions: ReadonlyMap<string, string>;
}

/** Older than any feed may be: what part of it was never fetched makes its reports say so. */
const NEVER = new Date(0).toISOString();

/** What the matcher has, by partition: the fingerprint that was sent with it. A matcher that lost its data gets all again. */
async function heldByMatcher(feed: string, matcher: MatcherServiceClient, signal: AbortSignal): Promise<Held> {
  const { feeds } = await matcher.listFeeds({}, { signal });
  const held = feeds.find((candidate) => candidate.feed === feed);
  return {
    fetchedAt: held?.fetchedAt || NEVER,
    partitions: new Map((held?.partitions ?? []).map((partition) => [partition.name, partition.fingerprint])),
  };
}

interface Gathered {
  readonly prepared: readonly PreparedPartition[];
  readonly fetchedAt: string;
  readonly held: Held;
}

async function apply(input: FeedRunInput, gathered: Gathered, deps: FeedRunDeps): Promise<FeedRunResult> {
  const { prepared } = gathered;
  const held = gathered.held.partitions;
  const ready = prepared.filter((one) => one.kind === 'ready');
  const present = new Set(prepared.filter((one) => one.kind !== 'absent').map((one) => one.name));
  const gone = [...held.keys()].filter((name) => !present.has(name));
  const failures = failuresOf(prepared);
  // Of a plan that could not be had nobody knows which partitions are its own.
  const isPlanned = prepared.every((one) => one.kind !== 'unplanned');
  const removed = isPlanned ? (input.force ? gone : believableRemovals(gone, held.size)) : [];
  if (isPlanned && removed.length < gone.length) {
    failures.push(`${gone.length} of ${held.size} partitions are gone; run it with --force if that is right`);
  }
  const after = new Map([...held, ...ready.map((one) => [one.name, one.state.contentHash] as const)]);
  for (const name of removed) after.delete(name);
  const update = {
    feed: input.feed.id,
    fingerprint: feedFingerprint(after),
    // The feed is only as fresh as its oldest partition: while one fails, its age grows, and reports say so.
    fetchedAt: failures.length === 0 ? gathered.fetchedAt : gathered.held.fetchedAt,
    staleAfterHours: input.feed.staleAfterHours,
    partitions: ready.map((one) => toSent(one, held)),
    removed,
  };
  const answer = await applyUpdate(deps.matcher, update, input.signal);
  return {
    changed: !answer.unchanged,
    operation: answer.operation,
    partitions: after.size,
    failures,
    rejections: rejectionsOf(ready),
    fetchedBytes: prepared.reduce((sum, one) => sum + bytesOf(one), 0),
    saved: await countedStates(input, prepared, deps),
    // One that is gone and not believed to be stays known, as it stays with the matcher.
    forgotten: [...input.known.keys()].filter((name) => !after.has(name)),
    remembered: rememberedOf(ready),
  };
}

function rejectionsOf(ready: readonly ReadyPartition[]): string[] | undefined {
  if (ready.length === 0) return undefined;
  return ready.flatMap(({ parsed }) => parsed.rejections).slice(0, REJECTIONS_SHOWN);
}

function bytesOf(one: PreparedPartition): number {
  return one.kind === 'absent' || one.kind === 'unplanned' ? 0 : one.bytes;
}

/** What `ApplyUpdate` wants to know of a partition that was read; `held` is what the matcher had before. */
export function toSent(
  { name, partition, state, sent }: ReadyPartition,
  held: ReadonlyMap<string, string>,
): SentPartition {
  return {
    name,
    fingerprint: state.contentHash,
    namespaces: partition.namespaces,
    rejected: state.rejectedRecords,
    advisories: sent.advisories,
    spoolPath: sent.spoolPath,
    delta: sent.delta,
    baseFingerprint: held.get(name) ?? '',
  };
}

/** Of the documents that were read: what the next ones are compared with. */
function rememberedOf(ready: readonly ReadyPartition[]): RememberedRecords[] {
  return ready.flatMap(({ name, state, hashes }) => (hashes ? [{ name, contentHash: state.contentHash, hashes }] : []));
}

/**
 * What to remember. How many advisories the changes of a log left there only the matcher can tell, and it tells of the whole feed: the
 * difference to what is known of all partitions is put down to the first of those that changed.
 */
async function countedStates(
  input: FeedRunInput,
  prepared: readonly PreparedPartition[],
  { matcher }: FeedRunDeps,
): Promise<readonly PartitionState[]> {
  const saved = prepared.flatMap((one) => {
    if (one.kind !== 'unchanged' && one.kind !== 'ready') return [];
    return one.state === undefined ? [] : [one.state];
  });
  const isFollowed = ({ partition, sent }: ReadyPartition) =>
    partition.changes !== undefined && sent.delta !== undefined;
  const changed = prepared.find((one) => one.kind === 'ready' && isFollowed(one));
  if (changed === undefined) return saved;
  const answer = await matcher.listFeeds({}, { signal: input.signal }).catch(() => undefined);
  const feed = answer?.feeds.find((one) => one.feed === input.feed.id);
  if (feed === undefined) return saved;
  const held = new Set(feed.partitions.map(({ name }) => name));
  const all = new Map([...input.known, ...saved.map((state) => [state.name, state] as const)]);
  const known = [...all.values()].filter(({ name }) => held.has(name)).reduce((sum, one) => sum + one.advisories, 0);
  return saved.map((state) => {
    if (state.name !== changed.name) return state;
    return { ...state, advisories: Math.max(0, state.advisories + feed.advisories - known) };
  });
}
