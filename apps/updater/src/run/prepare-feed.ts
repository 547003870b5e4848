import { join } from 'node:path';
import type { Feed, FeedOptions } from '@clair/feeds';
import { err, ok, type Result } from '@clair/model';
import type { PartitionState } from '../store/partitions.ts';
import { mapConcurrently } from './map-concurrently.ts';
import { OneAtATime } from './one-at-a-time.ts';
import { planPartitions } from './plan.ts';
import { prepareChanges } from './prepare-changes.ts';
import { prepareWhole } from './prepare-whole.ts';
import type { PartitionInput, PrepareDeps, PreparedPartition } from './prepared-partition.ts';

export interface PrepareFeedInput {
  readonly feed: Feed;
  readonly options: FeedOptions;
  /** What was taken and sent before. */
  readonly known: ReadonlyMap<string, PartitionState>;
  /** What the matcher has of the feed: partition to fingerprint. */
  readonly held: ReadonlyMap<string, string>;
  /** Fetch and send even what is unchanged or implausible. */
  readonly force: boolean;
  /** Fetch the whole of partitions that could be asked for their changes. */
  readonly whole: boolean;
  /** Where documents and spools lie until they are sent. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

/**
 * Every partition of the feed in the order of its plan, fetched and read as far as it changed, and the plans that could not
 * be had. The errors are for the whole feed: nothing of it can be used.
 */
export async function prepareFeed(
  input: PrepareFeedInput,
  deps: PrepareDeps,
): Promise<Result<PreparedPartition[], readonly string[]>> {
  const plan = await planPartitions(input.feed, input.options, deps.fetcher, input.signal);
  if (!plan.ok) return err([plan.error]);
  const { partitions, failed } = plan.value;
  if (partitions.length === 0 && failed.length === 0) return err(['the feed has no partition']);
  const reading = new OneAtATime();
  const prepared = await mapConcurrently(partitions, deps.concurrency, (partition, index) => {
    input.signal.throwIfAborted();
    const paths = {
      document: join(input.directory, `${index}.document`),
      spool: join(input.directory, `${index}.spool`),
    };
    return preparePartition({ ...input, partition, paths, reading }, deps);
  });
  const all = [...prepared, ...failed.map((plan) => ({ kind: 'unplanned' as const, ...plan }))];
  if (prepared.some(({ kind }) => kind === 'ready' || kind === 'unchanged')) return ok(all);
  const failures = failuresOf(all);
  if (failures.length > 0) return err(failures);
  return err([`the source has none of the ${prepared.length} documents that were asked for`]);
}

async function preparePartition(input: PartitionInput, deps: PrepareDeps): Promise<PreparedPartition> {
  const { changes } = input.partition;
  return changes === undefined ? prepareWhole(input, deps) : prepareChanges(input, changes, deps);
}

/** `name: why`, for each of which something is missing. */
export function failuresOf(prepared: readonly PreparedPartition[]): string[] {
  return prepared.flatMap((one) => {
    if (one.kind === 'failed' || one.kind === 'unplanned') return [`${one.name}: ${one.reason}`];
    if (one.kind === 'absent' || one.problem === undefined) return [];
    return [`${one.name}: ${one.problem}`];
  });
}
