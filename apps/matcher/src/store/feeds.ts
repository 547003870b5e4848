import type { Queryable } from '@clair/postgres';

/** What is stored of a feed. */
export interface StoredFeed {
  readonly feed: string;
  readonly fetchedAt: Date;
  /** Null: it never had an operation. */
  readonly changedAt: Date | null;
  readonly staleAfterHours: number;
  readonly operation: number;
  /** From which operation on the history is whole. */
  readonly historyFrom: number;
  readonly advisories: number;
  readonly affected: number;
  readonly rejected: number;
  /** Those that its partitions speak for, and of which it has a row. */
  readonly namespaces: readonly string[];
}

export interface FeedStates {
  /** The newest operation of all feeds. */
  readonly operation: number;
  /** By id. */
  readonly feeds: readonly StoredFeed[];
}

interface StateRow extends StoredFeed {
  readonly last: number;
}

/** The feeds and the newest operation, as of one moment. */
export async function loadFeedStates(db: Queryable): Promise<FeedStates> {
  const rows = await db.query<StateRow | { readonly last: number; readonly feed: null }>(
    `select c.last, f.id as feed, f.fetched_at as "fetchedAt", f.changed_at as "changedAt",
       f.stale_after_hours as "staleAfterHours", f.operation, f.history_from as "historyFrom", f.advisories, f.affected, f.rejected, f.namespaces
       from matcher.operation_counter c left join matcher.feed f on true order by f.id`,
  );
  return {
    operation: rows[0]?.last ?? 0,
    feeds: rows.flatMap((row) => (row.feed === null ? [] : [row])),
  };
}

export interface StoredFeedPartition {
  readonly feed: string;
  readonly name: string;
  readonly fingerprint: string;
  readonly namespaces: readonly string[];
}

/** The partitions that are not removed, by feed and name. */
export async function loadPartitions(db: Queryable): Promise<StoredFeedPartition[]> {
  return db.query<StoredFeedPartition>(
    'select feed, name, fingerprint, namespaces from matcher.partition where not removed order by feed, name',
  );
}
