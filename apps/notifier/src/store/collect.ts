import type { Database } from '@clair/postgres';

export interface CollectRequest {
  /** Sets older than this go, unless something of them is still to be delivered. */
  readonly createdBeforeMs: number;
  /** Sets that their receiver deleted before this go, unless a subscription was owed some of them. */
  readonly deletedBeforeMs: number;
  /** Rows deleted by one statement, so that none holds its locks for long. */
  readonly batchRows: number;
  readonly signal: AbortSignal;
}

/**
 * Removes deleted and old sets with all that hangs on them, in batches; what a disabled subscription is still owed does not
 * keep them. Resolves to the number of sets removed.
 */
export async function collectSets(db: Database, request: CollectRequest): Promise<number> {
  let removed = 0;
  while (!request.signal.aborted) {
    const id = await nextSet(db, request);
    if (id === undefined) break;
    if (await emptySet(db, id, request)) removed += await removeSet(db, id);
  }
  return removed;
}

async function nextSet(
  db: Database,
  { createdBeforeMs, deletedBeforeMs }: CollectRequest,
): Promise<string | undefined> {
  const s = db.schema;
  const sql = `
select id from ${s}.notification_set n
where (deleted_at < $2 and not exists (select from ${s}.delivered_set where set_id = n.id))
  or (created_at < $1 and not exists (select from ${s}.delivery where set_id = n.id and state = 'pending')
    and not exists (
      select from ${s}.delivered_set join ${s}.delivery on delivery.id = delivery_id
      join ${s}.subscription on subscription.id = subscription_id
      where delivered_set.set_id = n.id and state = 'pending' and disabled_reason is null))
order by deleted_at nulls last, created_at limit 1`;
  const values = [new Date(createdBeforeMs), new Date(deletedBeforeMs)];
  const [row] = await db.query<{ readonly id: string }>(sql, values);
  return row?.id;
}

/** Resolves to whether it got to the end. A set is deleted first, so that nobody pages through half of one, or watches on from before it. */
async function emptySet(db: Database, id: string, { batchRows, signal }: CollectRequest): Promise<boolean> {
  const s = db.schema;
  await db.transaction(async (tx) => {
    await tx.execute(`update ${s}.notification_set set deleted_at = coalesce(deleted_at, now()) where id = $1`, [id]);
    await tx.execute(
      `update ${s}.progress set collected_through =
         greatest(collected_through, (select sequence from ${s}.notification_set where id = $1))`,
      [id],
    );
  });
  for (const table of ['notification', 'vulnerability', 'notified_manifest']) {
    const sql = `delete from ${s}.${table} where ctid = any (array(select ctid from ${s}.${table} where set_id = $1 limit $2))`;
    let deleted = batchRows;
    while (deleted === batchRows) {
      if (signal.aborted) return false;
      deleted = await db.execute(sql, [id, batchRows]);
    }
  }
  return true;
}

async function removeSet(db: Database, id: string): Promise<number> {
  const s = db.schema;
  return db.transaction(async (tx) => {
    await tx.execute(`delete from ${s}.delivery where set_id = $1`, [id]);
    await tx.execute(
      `with gone as (delete from ${s}.delivered_set where set_id = $1 returning delivery_id)
       delete from ${s}.delivery d using gone where d.id = gone.delivery_id
         and not exists (select from ${s}.delivered_set where delivery_id = d.id and set_id <> $1)`,
      [id],
    );
    return tx.execute(`delete from ${s}.notification_set where id = $1`, [id]);
  });
}
