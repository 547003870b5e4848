import { type TableSize, tableSizes } from '@clair/postgres';
import type { HttpServer } from '@clair/service-kit';
import { Type } from 'typebox';
import type { Databases } from './databases.ts';

const Table = Type.Object({
  table: Type.String(),
  rows: Type.Integer({ description: 'by the planner’s statistics' }),
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
    };
    server.get(`/${service}/api/v2/database`, { schema }, async () => ({
      tables: (await tableSizes(db)).map(tableV2),
    }));
  }
}

function tableV2({ table, rows, tableBytes, indexBytes, deadRows }: TableSize) {
  return { table, rows, table_bytes: tableBytes, index_bytes: indexBytes, dead_rows: deadRows };
}
