import type { Database } from '@clair/postgres';

export interface CollectRequest {
  /** Sets older than this go, unless something of them is still to be delivered, or was in a digest with younger ones. */
  readonly createdBeforeMs: number;
  /** Rows deleted by one statement, so that none holds its locks for long. */
  readonly batchRows: number;
  readonly signal: AbortSignal;
}

/**
 * Removes old sets with all that hangs on them, in batches; what a disabled subscription is still owed does not keep them.
 * One that Clair's receiver has deleted stays as long as any other: those who page and watch over gRPC may not have read it.
 * Resolves to the number of sets removed.
 */
export async function collectSets(db: Database, request: CollectRequest): Promise<number> {
  let removed = 0;
  while (!request.signal.aborted) {
    const id = await nextSet(db, request);
    if (id === undefined) break;
    const isEmpty = (await beginToCollect(db, id, request)) && (await emptySet(db, id, request));
    if (isEmpty) removed += await removeSet(db, id);
  }
  return removed;
}

/**
 * True of a set `n` that may be removed; `$1` is {@link CollectRequest.createdBeforeMs}. A digest goes as a whole, so it keeps
 * its sets until the youngest may go: none is younger than the end of its window. A webhook is not told of a set that its
 * receiver has deleted.
 */
function mayGo(s: string): string {
  return `(n.collecting
  or (n.created_at < $1
    and not exists (
      select from ${s}.delivery
      where set_id = n.id and state = 'pending' and (target <> 'webhook' or n.deleted_at is null))
    and not exists (
      select from ${s}.delivered_set join ${s}.delivery on delivery.id = delivery_id
      join ${s}.subscription on subscription.id = subscription_id
      where delivered_set.set_id = n.id
        and (window_end >= $1 or (state = 'pending' and disabled_reason is null)))))`;
}

async function nextSet(db: Database, request: CollectRequest): Promise<string | undefined> {
  const s = db.schema;
  const sql = `select n.id from ${s}.notification_set n where ${mayGo(s)} order by created_at limit 1`;
  const [row] = await db.query<{ readonly id: string }>(sql, [new Date(request.createdBeforeMs)]);
  return row?.id;
}

/**
 * Hides the set, and removes its deliveries before their content: what is left of a set that is emptied by halves is paged
 * through, replayed and watched by nobody. Resolves to false when somebody wants it after all.
 */
async function beginToCollect(db: Database, id: string, request: CollectRequest): Promise<boolean> {
  const s = db.schema;
  const isOfSet = `id in (
    select id from ${s}.delivery where set_id = $1 union all select delivery_id from ${s}.delivered_set where set_id = $1)`;
  return db.transaction(
    async (tx) => {
      // A replay that came first is seen by the condition below; one that comes now waits, and finds nothing to replay.
      await tx.execute(`select from ${s}.delivery where ${isOfSet} order by id for update`, [id]);
      const begun = await tx.execute(
        `update ${s}.notification_set n set collecting = true where id = $2 and ${mayGo(s)}`,
        [new Date(request.createdBeforeMs), id],
      );
      if (begun === 0) return false;
      await tx.execute(`delete from ${s}.delivery where ${isOfSet}`, [id]);
      // Last, because whoever commits a run waits for this row.
      await tx.execute(
        `update ${s}.progress set collected_through =
           greatest(collected_through, (select sequence from ${s}.notification_set where id = $1))`,
        [id],
      );
      return true;
    },
    // A digest for each manifest is as many deliveries as there are manifests.
    { statementTimeoutMs: 0 },
  );
}

/** Resolves to whether it got to the end. */
async function emptySet(db: Database, id: string, { batchRows, signal }: CollectRequest): Promise<boolean> {
  const s = db.schema;
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

function removeSet(db: Database, id: string): Promise<number> {
  return db.execute(`delete from ${db.schema}.notification_set where id = $1`, [id]);
}
