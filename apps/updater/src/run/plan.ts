import type { Feed, FeedOptions, FeedPlan, Partition, PartitionIndex } from '@clair/feeds';
import { err, ok, type Result } from '@clair/model';
import { redactUrl } from '@clair/oci';
import { fetchInflated } from './fetch-inflated.ts';
import type { Fetcher } from './fetcher.ts';

/** An index that leads to an index that leads to an index is a loop. */
const DEPTH_MAX = 4;
const PARTITIONS_MAX = 10_000;

/** One plan of several that could not be had: of its partitions nothing is known, not even their names. */
export interface FailedPlan {
  readonly name: string;
  readonly reason: string;
}

export interface PlannedPartitions {
  readonly partitions: readonly Partition[];
  readonly failed: readonly FailedPlan[];
}

/**
 * The partitions of a feed, as its description and its indexes say. One of several plans that cannot be had costs its own
 * partitions. The error is a sentence: there is no plan, or two partitions have one name.
 */
export async function planPartitions(
  feed: Feed,
  options: FeedOptions,
  fetcher: Fetcher,
  signal: AbortSignal,
): Promise<Result<PlannedPartitions, string>> {
  const plan = feed.plan(options);
  if (!plan.ok) return plan;
  const planned = await resolvePlan(plan.value, { fetcher, signal, depth: 0 });
  if (!planned.ok) return planned;
  const { partitions } = planned.value;
  if (partitions.length > PARTITIONS_MAX) return err(`${partitions.length} partitions; the limit is ${PARTITIONS_MAX}`);
  const names = new Set<string>();
  for (const { name } of partitions) {
    if (names.has(name)) return err(`two partitions of the feed are called ${name}`);
    names.add(name);
  }
  return planned;
}

interface PlanContext {
  readonly fetcher: Fetcher;
  readonly signal: AbortSignal;
  readonly depth: number;
}

async function resolvePlan(plan: FeedPlan, context: PlanContext): Promise<Result<PlannedPartitions, string>> {
  context.signal.throwIfAborted();
  if (context.depth > DEPTH_MAX) return err(`its indexes lead to more than ${DEPTH_MAX} others in a row`);
  const deeper = { ...context, depth: context.depth + 1 };
  switch (plan.kind) {
    case 'partitions':
      return ok({ partitions: plan.partitions, failed: [] });
    case 'index':
      return followIndex(plan, deeper);
    case 'several':
      return resolveSeveral(plan.plans, deeper);
  }
}

async function followIndex(
  { index, fallback }: { readonly index: PartitionIndex; readonly fallback: readonly Partition[] },
  context: PlanContext,
): Promise<Result<PlannedPartitions, string>> {
  const { request } = index;
  const where = `index ${redactUrl(request.url)}`;
  const answer = await fetchInflated(context.fetcher, request, context.signal);
  if (!answer.ok) return err(`${where}: ${answer.error}`);
  if (answer.value.kind === 'absent') {
    const isMissing = fallback.length === 0 && request.absentIsFine !== true;
    return isMissing ? err(`${where}: the server has no such document`) : ok({ partitions: fallback, failed: [] });
  }
  const { bytes } = answer.value;
  const next = index.read(bytes, new TextDecoder().decode(bytes));
  if (!next.ok) return err(`${where}: ${next.error}`);
  if (next.value.kind === 'partitions' && next.value.partitions.length === 0) {
    return ok({ partitions: fallback, failed: [] });
  }
  return resolvePlan(next.value, context);
}

async function resolveSeveral(
  plans: readonly { readonly name: string; readonly plan: FeedPlan }[],
  context: PlanContext,
): Promise<Result<PlannedPartitions, string>> {
  const partitions: Partition[] = [];
  const failed: FailedPlan[] = [];
  for (const { name, plan } of plans) {
    const planned = await resolvePlan(plan, context);
    if (planned.ok) {
      partitions.push(...planned.value.partitions);
      failed.push(...planned.value.failed);
    } else {
      failed.push({ name, reason: planned.error });
    }
  }
  if (partitions.length > 0 || failed.length === 0) return ok({ partitions, failed });
  return err(failed.map(({ name, reason }) => `${name}: ${reason}`).join('; '));
}
