import type { Database } from './database.ts';
import { quoteIdentifier } from './identifier.ts';

/** What a table takes on disk. */
export interface TableSize {
  readonly table: string;
  /** Counted in a small table, else an estimate; `null` when nobody knows: the planner has not looked at the table yet. */
  readonly rows: number | null;
  readonly rowsEstimated: boolean;
  /** With what is stored out of line. */
  readonly tableBytes: number;
  readonly indexBytes: number;
  /** Rows that were replaced or deleted and whose room is not given back yet. */
  readonly deadRows: number;
}

interface MeasuredTable extends Omit<TableSize, 'rowsEstimated'> {
  readonly rowBytes: number;
}

/** Below this, reading a table costs less than a millisecond or two, and the planner's idea of it is the most wrong. */
const COUNTED_BYTES_MAX = 1024 ** 2;

/** The tables of the database's own schema, the largest first. */
export async function tableSizes(db: Database): Promise<TableSize[]> {
  // `reltuples` is -1 before the first VACUUM or ANALYZE; the counters of inserts and deletes may know better, until a crash.
  const tables = await db.query<MeasuredTable>(
    `select c.relname as table, pg_table_size(c.oid) as "tableBytes", pg_indexes_size(c.oid) as "indexBytes",
       case when c.reltuples >= 0 then c.reltuples::bigint when s.n_live_tup > 0 then s.n_live_tup end as rows,
       coalesce(s.n_dead_tup, 0) as "deadRows", pg_relation_size(c.oid) as "rowBytes"
     from pg_class c left join pg_stat_user_tables s on s.relid = c.oid
     where c.relnamespace = to_regnamespace($1) and c.relkind = 'r'
     order by pg_total_relation_size(c.oid) desc, c.relname`,
    [db.schema],
  );
  const small = tables.filter(({ rowBytes }) => rowBytes < COUNTED_BYTES_MAX).map(({ table }) => table);
  const counts = await countRows(db, small);
  return tables.map(({ rowBytes: _, ...size }) => ({
    ...size,
    rows: counts.get(size.table) ?? size.rows,
    rowsEstimated: !counts.has(size.table),
  }));
}

async function countRows(db: Database, tables: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (tables.length === 0) return new Map();
  const schema = quoteIdentifier(db.schema);
  const counts = tables.map(
    (table, place) => `select $${place + 1}::text as table, count(*) as rows from ${schema}.${quoteIdentifier(table)}`,
  );
  const rows = await db.query<{ table: string; rows: number }>(counts.join(' union all '), [...tables]);
  return new Map(rows.map(({ table, rows: count }) => [table, count]));
}
