import { type TableSize, tableSizes } from '@clair/postgres';
import type { HttpServer } from '@clair/service-kit';
import { Type } from 'typebox';
import type { Databases } from './databases.ts';

const Table = Type.Object({
  table: Type.String(),
  rows: Type.Union([Type.Integer(), Type.Null()], {
    description: 'an estimate when `rows_estimated`, which tables from 1 MiB on are; null: nobody has looked yet',
  }),
  rows_estimated: Type.Boolean(),
  table_bytes: Type.Integer(),
  index_bytes: Type.Integer(),
  dead_rows: Type.Integer({ description: 'replaced or deleted, and their room not given back yet' }),
});

/** What the schema of each service of this process takes on disk: `/<service>/api/v2/database`. */
export function registerDatabaseHttp(server: HttpServer, databases: Databases): void {
  for (const [service, db] of databases.of) {
    const schema = {
      tags: [service],
      summary: `Show what the schema of the ${service} takes on disk`,
      response: { 200: Type.Object({ tables: Type.Array(Table) }) },
      answers: { 200: 'The tables, the largest first.' },
    };
    server.get(`/${service}/api/v2/database`, { schema }, async () => ({
      tables: (await tableSizes(db)).map(tableV2),
    }));
  }
}

function tableV2({ table, rows, rowsEstimated, tableBytes, indexBytes, deadRows }: TableSize) {
  return {
    table,
    rows,
    rows_estimated: rowsEstimated,
    table_bytes: tableBytes,
    index_bytes: indexBytes,
    dead_rows: deadRows,
  };
}
