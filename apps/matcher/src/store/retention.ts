import type { Database, Transaction } from '@clair/postgres';

export interface RetentionPlan {
  readonly feed: string;
  /** The oldest operation that is kept. */
  readonly horizon: number;
}

export interface RetentionCounts {
  readonly operations: number;
  readonly affected: number;
  readonly revisions: number;
  readonly advisories: number;
}

/** One batch is one short transaction, so that an update never waits long for a row. */
const BATCH_ROWS = 5_000;

/** Both limits hold: too many are forgotten, and too old ones. */
export interface RetentionLimits {
  /** Below 0: any number. */
  readonly operationsMax: number;
  /** 0: any age. */
  readonly ageMaxMs: number;
}

/** The feeds that have operations beyond a limit, with the oldest operation to keep. The newest is always kept. */
export async function planRetention(db: Database, limits: RetentionLimits): Promise<RetentionPlan[]> {
  return db.query<RetentionPlan>(
    `select feed, min(id) as horizon from (
       select feed, id, date, row_number() over (partition by feed order by id desc) as age
         from matcher.update_operation) o
      where age = 1 or (($1 < 0 or age <= $1) and ($2::float8 = 0 or date > now() - make_interval(secs => $2::float8 / 1000)))
      group by feed
      having exists (select from matcher.update_operation e where e.feed = o.feed and e.id < min(o.id))
      order by feed`,
    [limits.operationsMax, limits.ageMaxMs],
  );
}

/**
 * Forgets what ended at or before the horizon: nothing that a diff from the horizon on, or a reader of the present,
 * can see. First says how far back the history is whole, then deletes rows, and the operations last, so that a run cut
 * short is taken up by the next. Stops between batches when `signal` aborts. While the feed is being updated nothing is
 * done: an update holds the feed's row for as long as it streams, and nobody has to wait for that.
 */
export async function forgetBefore(db: Database, plan: RetentionPlan, signal: AbortSignal): Promise<RetentionCounts> {
  if (!(await shortenHistory(db, plan))) return { operations: 0, affected: 0, revisions: 0, advisories: 0 };
  const values = [plan.feed, plan.horizon] as const;
  const affected = await inBatches(db, { ...ENDED_AFFECTED, values }, signal);
  const revisions = await inBatches(db, { ...ENDED_REVISIONS, values }, signal);
  const advisories = await inBatches(db, { ...FORGOTTEN_ADVISORIES, values: [plan.feed] }, signal);
  // Before the operations: they say whose they are.
  await inBatches(db, { ...OLD_RISEN_FLAWS, values }, signal);
  const operations = await inBatches(db, { ...OLD_OPERATIONS, values }, signal);
  return { operations, affected, revisions, advisories };
}

/** False when the feed is being updated. */
async function shortenHistory(db: Database, plan: RetentionPlan): Promise<boolean> {
  return db.transaction(async (tx) => {
    if (!(await isFree(tx, plan.feed))) return false;
    await tx.execute('update matcher.feed set history_from = greatest(history_from, $2) where id = $1', [
      plan.feed,
      plan.horizon,
    ]);
    return true;
  });
}

/** Whether no update of the feed runs; then none starts before the transaction ends. */
async function isFree(tx: Transaction, feed: string): Promise<boolean> {
  const rows = await tx.query('select id from matcher.feed where id = $1 for update skip locked', [feed]);
  return rows.length > 0;
}

interface BatchedDelete {
  readonly table: string;
  /** Selects the `ctid` of rows to delete; $1 is the feed, $2 the horizon. */
  readonly rows: string;
  /** An update of the feed may touch such rows: keep it out for the length of a batch. */
  readonly lockFeed: boolean;
}

/** An operation belongs to one feed, so the number under which a row ended says whose it is. */
const ENDED = 'valid_to = any(array(select id from matcher.update_operation where feed = $1 and id <= $2))';

const ENDED_AFFECTED: BatchedDelete = {
  table: 'affected',
  rows: `select ctid from matcher.affected where ${ENDED}`,
  lockFeed: false,
};
const ENDED_REVISIONS: BatchedDelete = {
  table: 'advisory_revision',
  rows: `select ctid from matcher.advisory_revision where ${ENDED}`,
  lockFeed: false,
};
/** Ended, and nothing is left of them; but an update may be about to give one of them new life. */
const FORGOTTEN_ADVISORIES: BatchedDelete = {
  table: 'advisory',
  rows: `select v.ctid from matcher.advisory v join matcher.partition p on p.id = v.partition and p.feed = $1
          where v.content is null
            and not exists (select from matcher.advisory_revision r where r.advisory = v.id)`,
  lockFeed: true,
};
const OLD_RISEN_FLAWS: BatchedDelete = {
  table: 'risen_flaw',
  rows: `select f.ctid from matcher.risen_flaw f join matcher.update_operation o on o.id = f.operation
          where o.feed = $1 and o.id <= $2`,
  lockFeed: false,
};
const OLD_OPERATIONS: BatchedDelete = {
  table: 'update_operation',
  rows: 'select ctid from matcher.update_operation where feed = $1 and id < $2',
  lockFeed: false,
};

async function inBatches(
  db: Database,
  batched: BatchedDelete & { readonly values: readonly [string, ...unknown[]] },
  signal: AbortSignal,
): Promise<number> {
  const sql = `delete from matcher.${batched.table} where ctid = any(array(${batched.rows} limit ${BATCH_ROWS}))`;
  let total = 0;
  while (!signal.aborted) {
    const deleted = await db.transaction(async (tx) => {
      if (batched.lockFeed && !(await isFree(tx, batched.values[0]))) return 0;
      return tx.execute(sql, batched.values);
    });
    total += deleted;
    if (deleted < BATCH_ROWS) return total;
  }
  return total;
}
