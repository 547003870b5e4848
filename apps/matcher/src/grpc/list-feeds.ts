import type { FeedPartition, ListFeedsResponse } from '@clair/contracts';
import type { Database } from '@clair/postgres';
import { loadFeedStates, loadPartitions, type StoredFeed } from '../store/feeds.ts';

/** By id. @see proto/clair/matcher/v1/matcher.proto ListFeeds */
export async function handleListFeeds(deps: { readonly db: Database }): Promise<ListFeedsResponse> {
  const [states, partitions] = await deps.db.transaction(
    async (tx) => [await loadFeedStates(tx), await loadPartitions(tx)] as const,
    { isolation: 'repeatable read', readOnly: true },
  );
  const byFeed = Map.groupBy(partitions, ({ feed }) => feed);
  return { feeds: states.feeds.map((feed) => toFeed(feed, byFeed.get(feed.feed) ?? [])) };
}

function toFeed(feed: StoredFeed, partitions: readonly FeedPartition[]): ListFeedsResponse['feeds'][number] {
  return {
    feed: feed.feed,
    fetchedAt: feed.fetchedAt.toISOString(),
    changedAt: feed.changedAt?.toISOString() ?? '',
    operation: feed.operation,
    advisories: feed.advisories,
    affected: feed.affected,
    rejectedRecords: feed.rejected,
    namespaces: [...feed.namespaces],
    partitions: partitions.map(({ name, fingerprint, namespaces }) => ({ name, fingerprint, namespaces })),
  };
}
