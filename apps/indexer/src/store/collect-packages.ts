import type { Database } from '@clair/postgres';
import { REFERENCES_LOCK } from './references-lock.ts';

/** Looked at under the lock that keeps reports from being stored, so few. */
const BATCH_ROWS = 500;

interface Collection {
  readonly table: string;
  /** Of its row `r`. */
  readonly unneeded: string;
}

const INVENTORIES: Collection = {
  table: 'indexer.inventory',
  unneeded: 'not exists (select from indexer.manifest m where m.inventory_id = r.id)',
};
const PACKAGES: Collection = {
  table: 'indexer.package',
  unneeded: 'not exists (select from indexer.inventory i where i.package_ids @> array[r.id])',
};

/** Rows forgotten. */
export interface Collected {
  readonly inventories: number;
  readonly packages: number;
}

/**
 * Forgets inventories that no manifest has any more, such as those of an earlier scanner set, and packages that no inventory holds, so
 * that what is asked about them does not grow with every image there ever was. Resolves to how many they were. Stops between batches
 * when `signal` aborts.
 */
export async function collectPackages(db: Database, signal: AbortSignal): Promise<Collected> {
  // In this order, or packages of an inventory that goes would stay until the next time.
  const inventories = await collect(db, INVENTORIES, signal);
  const packages = await collect(db, PACKAGES, signal);
  return { inventories, packages };
}

async function collect(db: Database, collection: Collection, signal: AbortSignal): Promise<number> {
  let removed = 0;
  let after = 0;
  while (!signal.aborted) {
    const batch = await collectBatch(db, collection, after);
    if (batch === undefined) return removed;
    removed += batch.removed;
    after = batch.last;
  }
  return removed;
}

async function collectBatch(
  db: Database,
  { table, unneeded }: Collection,
  after: number,
): Promise<{ readonly last: number; readonly removed: number } | undefined> {
  return db.transaction(async (tx) => {
    // Whoever stores a report finds its packages and its inventory, and refers to them, under the same lock, shared.
    await tx.execute(`select pg_advisory_xact_lock(${REFERENCES_LOCK})`);
    // As for the reverse match: the planner would read every inventory.
    await tx.execute('set local enable_seqscan = off');
    const [looked] = await tx.query<{ readonly last: number | null }>(
      `select max(id) as last from (select id from ${table} where id > $1 order by id limit ${BATCH_ROWS}) batch`,
      [after],
    );
    const last = looked?.last ?? undefined;
    if (last === undefined) return undefined;
    const removed = await tx.execute(`delete from ${table} r where r.id > $1 and r.id <= $2 and ${unneeded}`, [
      after,
      last,
    ]);
    return { last, removed };
  });
}
