import type { ServiceTablesV2, TableV2 } from '../api-shapes.ts';
import { renderColumns } from './columns.ts';

/** Tables below this are summed up in one line. */
const SHOWN_BYTES_MIN = 1024 ** 2;

/** The tables of each service, the largest first, and the sum of all. */
export function renderDatabase(services: readonly ServiceTablesV2[]): string {
  const rows = services.flatMap(({ service, tables }) => [
    ...tables.filter((table) => bytesOf(table) >= SHOWN_BYTES_MIN).map((table) => row(service, table.table, [table])),
    row(
      service,
      'others',
      tables.filter((table) => bytesOf(table) < SHOWN_BYTES_MIN),
    ),
  ]);
  const all = row(
    '',
    'all',
    services.flatMap(({ tables }) => tables),
  );
  return `${renderColumns(['SERVICE', 'TABLE', 'ROWS', 'DEAD ROWS', 'TABLE MIB', 'INDEX MIB'], [...rows, all])}\n`;
}

function row(service: string, name: string, tables: readonly TableV2[]): string[] {
  const sum = (what: (table: TableV2) => number) => tables.reduce((all, table) => all + what(table), 0);
  return [
    service,
    name,
    rowCount(tables),
    String(sum((table) => table.dead_rows)),
    mib(sum((table) => table.table_bytes)),
    mib(sum((table) => table.index_bytes)),
  ];
}

/** `546` when counted, `~546` when estimated, `–` when of some table nobody knows. */
function rowCount(tables: readonly TableV2[]): string {
  const counts = tables.map(({ rows }) => rows).filter((rows) => rows !== null);
  if (counts.length < tables.length) return '–';
  const isEstimate = tables.some((table) => table.rows_estimated);
  return `${isEstimate ? '~' : ''}${counts.reduce((all, rows) => all + rows, 0)}`;
}

function bytesOf(table: TableV2): number {
  return table.table_bytes + table.index_bytes;
}

function mib(bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(1);
}
