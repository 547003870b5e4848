import type { Transaction } from '@clair/postgres';

/** What a run of a feed says of the feed itself. */
export interface FeedFacts {
  readonly feed: string;
  readonly fingerprint: string;
  readonly fetchedAtMs: number;
  readonly staleAfterHours: number;
}

export interface LockedFeed {
  /** The newest operation of the feed; 0 when it never had one. */
  readonly operation: number;
  /** 1 when the lock had to make the row first. */
  readonly rowsWritten: number;
}

/** How long an update waits for another of the same feed, before it is told to try again later. */
const LOCK_TIMEOUT = '30s';

/**
 * Holds the feed's row until the transaction ends: updates of one feed come one after the other. Readers do not wait,
 * and other feeds do not either. Rejects with `Unavailable` when the row is not had in time.
 */
export async function lockFeed(tx: Transaction, facts: FeedFacts): Promise<LockedFeed> {
  await tx.execute(`select set_config('lock_timeout', $1, true)`, [LOCK_TIMEOUT]);
  const rowsWritten = await tx.execute(
    `insert into matcher.feed (id, fingerprint, fetched_at, stale_after_hours)
     select $1, $2, to_timestamp($3::float8 / 1000), $4
      where not exists (select from matcher.feed where id = $1)
     on conflict (id) do nothing`,
    [facts.feed, facts.fingerprint, facts.fetchedAtMs, facts.staleAfterHours],
  );
  const rows = await tx.query<{ operation: number }>('select operation from matcher.feed where id = $1 for update', [
    facts.feed,
  ]);
  const row = rows[0];
  if (row === undefined) throw new Error('a feed row vanished under its lock');
  // Not for the operation counter: another feed's first load may hold that for minutes, and a whole update would be thrown away.
  await tx.execute(`select set_config('lock_timeout', '0', true)`);
  return { operation: row.operation, rowsWritten };
}

/** The feed was asked and says what it said before: one row. */
export async function touchFeed(tx: Transaction, facts: FeedFacts): Promise<number> {
  return tx.execute(
    `update matcher.feed set fingerprint = $2, fetched_at = to_timestamp($3::float8 / 1000), stale_after_hours = $4
      where id = $1`,
    [facts.feed, facts.fingerprint, facts.fetchedAtMs, facts.staleAfterHours],
  );
}

/** What an operation did to the feed's row, beside {@link touchFeed}. */
export interface FeedChange {
  readonly operation: number;
  readonly nowMs: number;
  readonly advisoriesDelta: number;
  readonly affectedDelta: number;
}

/** As {@link touchFeed}, with the operation and the counts; still one row. */
export async function advanceFeed(tx: Transaction, facts: FeedFacts, change: FeedChange): Promise<number> {
  return tx.execute(
    `update matcher.feed set fingerprint = $2, fetched_at = to_timestamp($3::float8 / 1000), stale_after_hours = $4,
       operation = $5, changed_at = to_timestamp($6::float8 / 1000),
       advisories = advisories + $7, affected = affected + $8
      where id = $1`,
    [
      ...[facts.feed, facts.fingerprint, facts.fetchedAtMs, facts.staleAfterHours],
      ...[change.operation, change.nowMs, change.advisoriesDelta, change.affectedDelta],
    ],
  );
}

/**
 * Sums over the partitions, kept on the feed's row so that a report need not read the partitions. To be called after the
 * affected rows were merged: a namespace that a feed says it speaks for, and of which it has not one row, is one that
 * the source has dropped (a release out of support), and nobody looked.
 */
export async function summarisePartitions(tx: Transaction, feed: string): Promise<number> {
  return tx.execute(
    `update matcher.feed f set namespaces = s.namespaces, rejected = s.rejected
       from (select coalesce((select sum(rejected) from matcher.partition where feed = $1 and not removed), 0) as rejected,
                    array(select c.claimed
                            from (select distinct unnest(namespaces) as claimed
                                    from matcher.partition where feed = $1 and not removed) c
                           cross join lateral (
                             -- The limit keeps the planner from reading all affected rows to know of some namespaces that they have one.
                             select from matcher.namespace n join matcher.affected a on a.namespace = n.id
                              where n.name = c.claimed and a.valid_to is null limit 1) held
                           order by 1) as namespaces) s
      where f.id = $1 and (f.namespaces, f.rejected) is distinct from (s.namespaces, s.rejected)`,
    [feed],
  );
}
