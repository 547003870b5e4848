import type { Queryable } from '@clair/postgres';

/** Every row of the schema, so that "nothing changed" is seen and not believed. `xmin` shows a row that was written again. */
export async function everything(db: Queryable): Promise<Record<string, unknown[]>> {
  const tables = [
    'feed',
    'partition',
    'advisory',
    'advisory_revision',
    'affected',
    'update_operation',
    'operation_counter',
    'outbox',
  ];
  const rows = await Promise.all(
    tables.map(
      async (table) => [table, await db.query(`select xmin::text, t.* from matcher.${table} t order by 2, 3`)] as const,
    ),
  );
  return Object.fromEntries(rows);
}

/** How many rows of each table are not as they were before `work`; tables without such rows are left out. */
export async function rowsChanged(db: Queryable, work: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = await everything(db);
  await work();
  const after = await everything(db);
  const changed = Object.entries(after).map(([table, rows]) => {
    const known = new Set((before[table] ?? []).map((row) => JSON.stringify(row)));
    return [table, rows.filter((row) => !known.has(JSON.stringify(row))).length] as const;
  });
  return Object.fromEntries(changed.filter(([, count]) => count > 0));
}
