import type { Database } from './database.ts';

/** What a table takes on disk. */
export interface TableSize {
  readonly table: string;
  /** By the planner's statistics; 0 while it has none. */
  readonly rows: number;
  /** With what is stored out of line. */
  readonly tableBytes: number;
  readonly indexBytes: number;
  /** Rows that were replaced or deleted and whose room is not given back yet. */
  readonly deadRows: number;
}

/** The tables of the database's own schema, the largest first. */
export function tableSizes(db: Database): Promise<TableSize[]> {
  return db.query<TableSize>(
    `select c.relname as table, greatest(c.reltuples, 0)::bigint as rows, pg_table_size(c.oid) as "tableBytes",
       pg_indexes_size(c.oid) as "indexBytes", coalesce(s.n_dead_tup, 0) as "deadRows"
     from pg_class c left join pg_stat_user_tables s on s.relid = c.oid
     where c.relnamespace = to_regnamespace($1) and c.relkind = 'r'
     order by pg_total_relation_size(c.oid) desc, c.relname`,
    [db.schema],
  );
}
