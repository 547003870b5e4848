import type { FeedStatusV2 } from '../api-shapes.ts';
import { age } from './age.ts';
import { renderColumns } from './columns.ts';
import { printable } from './printable.ts';

/** A line a feed, and under the table what went wrong and which records could not be read. */
export function renderFeeds(feeds: readonly FeedStatusV2[], nowMs: number): string {
  const rows = feeds.map((feed) => [
    feed.feed,
    state(feed),
    age(feed.last_success_at, nowMs),
    age(feed.last_changed_at, nowMs),
    feed.failed_partitions === 0 ? String(feed.partitions) : `${feed.partitions} (${feed.failed_partitions} failed)`,
    String(feed.advisories),
    String(feed.rejected_records),
  ]);
  const table = renderColumns(['FEED', 'STATE', 'FETCHED', 'CHANGED', 'PARTITIONS', 'ADVISORIES', 'REJECTED'], rows);
  const notes = feeds.flatMap((feed) => [
    ...(feed.error === '' ? [] : [`${feed.feed}: ${feed.error}`]),
    ...feed.rejections.slice(0, 5).map((rejection) => `${feed.feed}: not read: ${rejection}`),
  ]);
  return `${[table, ...(notes.length > 0 ? ['', ...notes.map(printable)] : [])].join('\n')}\n`;
}

function state(feed: FeedStatusV2): string {
  if (feed.imported) return importedState(feed);
  if (feed.last_attempt_at === '') return 'never ran';
  if (feed.error !== '') return feed.last_success_at === '' ? 'failing' : 'failing, old data kept';
  return feed.stale ? 'stale' : 'ok';
}

function importedState(feed: FeedStatusV2): string {
  if (feed.error !== '') return 'failing, imported data kept';
  return feed.stale ? 'imported, stale' : 'imported';
}
