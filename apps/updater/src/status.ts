import type { FeedStatus } from '@clair/contracts';
import type { Database } from '@clair/postgres';
import type { ConfiguredFeed } from './configured-feeds.ts';
import { loadFeedStatus } from './store/feed-status.ts';

/** Every configured feed with how its runs went, whether or not it ever ran. */
export async function feedStatuses(
  db: Database,
  feeds: readonly ConfiguredFeed[],
  nowMs: number,
): Promise<FeedStatus[]> {
  const rows = new Map((await loadFeedStatus(db)).map((row) => [row.feed, row]));
  return feeds.map(({ feed }) => {
    const row = rows.get(feed.id);
    return {
      feed: feed.id,
      title: feed.title,
      lastAttemptAt: row?.lastAttemptAt ?? '',
      lastSuccessAt: row?.lastSuccessAt ?? '',
      lastChangedAt: row?.lastChangedAt ?? '',
      nextRunAt: row?.nextRunAt ?? '',
      error: row?.error ?? '',
      advisories: row?.advisories ?? 0,
      rejectedRecords: row?.rejectedRecords ?? 0,
      rejections: row?.rejections ?? [],
      partitions: row?.partitions ?? 0,
      failedPartitions: row?.failedPartitions ?? 0,
      fetchedBytes: row?.fetchedBytes ?? 0,
      seconds: row?.seconds ?? 0,
      stale: isStale(row?.lastSuccessAt ?? '', nowMs, feed.staleAfterHours),
    };
  });
}

function isStale(lastSuccessAt: string, nowMs: number, staleAfterHours: number): boolean {
  return lastSuccessAt === '' || nowMs - Date.parse(lastSuccessAt) > staleAfterHours * 3_600_000;
}
