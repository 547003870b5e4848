import type { Database } from '@clair/postgres';

/**
 * Marks the set as read by Clair's receiver: it is hidden from Clair's v1 API, and what its webhook is still owed is done. Whoever reads it
 * over gRPC, watches, or has subscribed to it keeps it.
 */
export async function deleteSet(db: Database, setId: string, nowMs: number): Promise<{ readonly existed: boolean }> {
  const s = db.schema;
  const now = new Date(nowMs);
  return db.transaction(async (tx) => {
    const deleted = await tx.execute(
      `update ${s}.notification_set set deleted_at = $2 where id = $1 and deleted_at is null`,
      [setId, now],
    );
    await tx.execute(
      `update ${s}.delivery set state = 'delivered', finished_at = $2, claim = null, claimed_until = null
       where set_id = $1 and target = 'webhook' and state = 'pending'`,
      [setId, now],
    );
    return { existed: deleted > 0 };
  });
}
