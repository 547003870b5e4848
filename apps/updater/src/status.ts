import type { FeedStatus, ListFeedsResponse, MatcherServiceClient } from '@clair/contracts';
import type { Database } from '@clair/postgres';
import type { ConfiguredFeed } from './configured-feeds.ts';
import { type FeedStatusRow, loadFeedStatus } from './store/feed-status.ts';

/** A feed's status, and whether what is loaded of it came in a bundle: its times and counts are then those of the bundle. */
export type ShownFeedStatus = FeedStatus & { readonly imported: boolean };

export interface FeedStatusDeps {
  readonly db: Database;
  readonly feeds: readonly ConfiguredFeed[];
  readonly matcher: Pick<MatcherServiceClient, 'listFeeds'>;
  readonly clock: () => number;
  /** Whether no feed is fetched, so that all there is was imported. */
  readonly isDisabled: boolean;
}

type Held = ListFeedsResponse['feeds'][number];

/** A status must not wait for a matcher that is away; without its word a feed is shown by its runs. */
const MATCHER_WAIT_MS = 2_000;

/** By how much the matcher's instant of a run may be later than the one that the run is recorded with. */
const SAME_RUN_MS = 60_000;

const NEVER_RAN: Omit<FeedStatusRow, 'feed'> = {
  lastAttemptAt: '',
  lastSuccessAt: '',
  lastChangedAt: '',
  nextRunAt: '',
  error: '',
  advisories: 0,
  rejectedRecords: 0,
  rejections: [],
  partitions: 0,
  failedPartitions: 0,
  fetchedBytes: 0,
  seconds: 0,
};

/** A feed that only a bundle can have loaded, while the matcher does not say so. */
const UNTOLD = { ...NEVER_RAN, error: 'the matcher did not say what is loaded; see whether it is ready' };

/** Every configured feed with how its runs went, whether or not it ever ran; of one that was imported, what the matcher holds. */
export async function feedStatuses(deps: FeedStatusDeps): Promise<ShownFeedStatus[]> {
  const rows = new Map((await loadFeedStatus(deps.db)).map((row) => [row.feed, row]));
  const held = await heldFeeds(deps.matcher);
  const nowMs = deps.clock();
  return deps.feeds.map(({ feed }) => {
    // How runs went before they were disabled says nothing of what is loaded now.
    const row = deps.isDisabled ? undefined : rows.get(feed.id);
    const known = { ...(held === undefined && deps.isDisabled ? UNTOLD : NEVER_RAN), ...row };
    const imported = importedFeed(held?.get(feed.id), known.lastSuccessAt, deps.isDisabled);
    const shown = imported === undefined ? known : { ...known, ...factsOf(imported, known) };
    return {
      ...shown,
      feed: feed.id,
      title: feed.title,
      rejections: [...shown.rejections],
      stale: isStale(shown.lastSuccessAt, nowMs, feed.staleAfterHours),
      imported: imported !== undefined,
    };
  });
}

async function heldFeeds(
  matcher: Pick<MatcherServiceClient, 'listFeeds'>,
): Promise<ReadonlyMap<string, Held> | undefined> {
  const answer = await matcher.listFeeds({}, { signal: AbortSignal.timeout(MATCHER_WAIT_MS) }).catch(() => undefined);
  return answer && new Map(answer.feeds.map((feed) => [feed.feed, feed]));
}

/** What the matcher holds, when no run of ours put it there: only a wholly successful run or a bundle moves `fetchedAt`. */
function importedFeed(held: Held | undefined, lastSuccessAt: string, isDisabled: boolean): Held | undefined {
  if (held === undefined || isDisabled) return held;
  const lastSuccessMs = lastSuccessAt === '' ? 0 : Date.parse(lastSuccessAt);
  return Date.parse(held.fetchedAt) > lastSuccessMs + SAME_RUN_MS ? held : undefined;
}

function factsOf(held: Held, row: Pick<FeedStatusRow, 'lastAttemptAt' | 'error'>) {
  const isAfterAttempt = row.lastAttemptAt === '' || Date.parse(held.fetchedAt) > Date.parse(row.lastAttemptAt);
  return {
    // A bundle of which a part never could be fetched is as old as can be.
    lastSuccessAt: Date.parse(held.fetchedAt) > 0 ? held.fetchedAt : '',
    lastChangedAt: held.changedAt,
    error: isAfterAttempt ? '' : row.error,
    advisories: held.advisories,
    rejectedRecords: held.rejectedRecords,
    rejections: [],
    partitions: held.partitions.length,
    failedPartitions: 0,
  };
}

function isStale(lastSuccessAt: string, nowMs: number, staleAfterHours: number): boolean {
  return lastSuccessAt === '' || nowMs - Date.parse(lastSuccessAt) > staleAfterHours * 3_600_000;
}
