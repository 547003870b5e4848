import type { Feed, FeedOptions, Partition } from '@clair/feeds';
import { err, ok, type Result } from '@clair/model';
import type { Fetcher } from './fetcher.ts';

/** The partitions of a feed, as its description and, where it has one, its index say. The error is a sentence. */
export async function planPartitions(
  feed: Feed,
  options: FeedOptions,
  fetcher: Fetcher,
  signal: AbortSignal,
): Promise<Result<readonly Partition[], string>> {
  const plan = feed.plan(options);
  if (!plan.ok) return plan;
  if (plan.value.kind === 'partitions') return ok(plan.value.partitions);
  const { index, fallback } = plan.value;
  const answer = await fetcher.fetchWhole(index.request, signal);
  if (!answer.ok) return err(`index ${index.request.url}: ${answer.error}`);
  if (answer.value.kind === 'absent') return ok(fallback);
  const partitions = index.read(answer.value.bytes, new TextDecoder().decode(answer.value.bytes));
  if (!partitions.ok) return err(`index ${index.request.url}: ${partitions.error}`);
  return partitions.value.length === 0 ? ok(fallback) : partitions;
}
