import type { Database } from '@clair/postgres';
import { REFERENCES_LOCK } from './references-lock.ts';

/** Looked at under the lock that keeps reports from being stored, so few. */
const BATCH_ROWS = 500;

/**
 * Forgets packages that no inventory holds any more, so that what is asked about them does not grow with every image there ever
 * was. Resolves to how many they were. Stops between batches when `signal` aborts.
 */
export async function collectPackages(db: Database, signal: AbortSignal): Promise<number> {
  let removed = 0;
  let after = 0;
  while (!signal.aborted) {
    const batch = await collectBatch(db, after);
    if (batch === undefined) return removed;
    removed += batch.removed;
    after = batch.last;
  }
  return removed;
}

async function collectBatch(
  db: Database,
  after: number,
): Promise<{ readonly last: number; readonly removed: number } | undefined> {
  return db.transaction(async (tx) => {
    // Whoever stores a report reads the ids of its packages and writes its inventory under the same lock, shared.
    await tx.execute(`select pg_advisory_xact_lock(${REFERENCES_LOCK})`);
    // As for the reverse match: the planner would read every inventory.
    await tx.execute('set local enable_seqscan = off');
    const [looked] = await tx.query<{ readonly last: number | null }>(
      `select max(id) as last from (select id from indexer.package where id > $1 order by id limit ${BATCH_ROWS}) batch`,
      [after],
    );
    const last = looked?.last ?? undefined;
    if (last === undefined) return undefined;
    const removed = await tx.execute(
      `delete from indexer.package p where p.id > $1 and p.id <= $2
         and not exists (select from indexer.inventory i where i.package_ids @> array[p.id])`,
      [after, last],
    );
    return { last, removed };
  });
}
