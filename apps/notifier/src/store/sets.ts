import type { Database } from '@clair/postgres';

/** Marks the set as read by its receiver: it is not shown, not delivered any more, and collected later. */
export async function deleteSet(db: Database, setId: string, nowMs: number): Promise<{ readonly existed: boolean }> {
  const sql = `update ${db.schema}.notification_set set deleted_at = $2 where id = $1 and deleted_at is null`;
  return { existed: (await db.execute(sql, [setId, new Date(nowMs)])) > 0 };
}
