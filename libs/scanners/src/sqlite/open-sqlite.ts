import { err, ok, type Result } from '@clair/model';
import { quoted } from '../plain-text.ts';
import { parseCreateTable, type TableDeclaration } from './create-table.ts';
import { openPages, type PageFile } from './page-file.ts';
import { decodeRecord, type SqliteValue } from './record.ts';
import { malformed, type SqliteProblem } from './sqlite-problem.ts';
import { type TableCell, tableCells } from './table-cells.ts';

/** A row: values by the name of their column in lower case. */
export type SqliteRow = ReadonlyMap<string, SqliteValue>;

/** An ordinary table. */
export interface SqliteTable {
  /** In the order of the declaration, in lower case. */
  readonly columns: readonly string[];
  /**
   * The rows in the order of their ids, read as they are asked for. Ends after the first error, which costs the rest
   * of the table. The work is linear in the size of the file; how many rows to take is the caller's to limit.
   */
  rows(): Iterable<Result<SqliteRow, SqliteProblem>>;
}

/** An SQLite 3 database whose schema is readable. */
export interface SqliteDatabase {
  /** The names of its tables as they are spelled. */
  readonly tables: readonly string[];
  /** By name, in any case. */
  table(name: string): Result<SqliteTable, SqliteProblem>;
}

interface SchemaTable {
  readonly name: string;
  readonly root: number;
  readonly sql: string;
}

const SCHEMA_ROOT = 1;
const SCHEMA_COLUMNS = 5;
const SCHEMA_ENTRIES_MAX = 10_000;

/**
 * Opens a database file that is whole in memory. Reads ordinary tables; no SQL is run, no index, view or trigger
 * looked at, and a write-ahead log beside the file is not part of it. Never throws for data.
 * @see https://www.sqlite.org/fileformat2.html
 */
export function openSqlite(bytes: Uint8Array): Result<SqliteDatabase, SqliteProblem> {
  const file = openPages(bytes);
  if (!file.ok) return file;
  const tables = readSchema(file.value);
  if (!tables.ok) return tables;
  const byName = new Map(tables.value.map((table) => [table.name.toLowerCase(), table]));
  return ok({
    tables: tables.value.map(({ name }) => name),
    table: (name) => {
      const found = byName.get(name.toLowerCase());
      if (found === undefined) return err({ kind: 'no-such-table', reason: `no table ${quoted(name)}` });
      return openTable(file.value, found);
    },
  });
}

function readSchema(file: PageFile): Result<SchemaTable[], SqliteProblem> {
  const tables: SchemaTable[] = [];
  let entries = 0;
  for (const cell of tableCells(file, SCHEMA_ROOT)) {
    if (!cell.ok) return err({ ...cell.error, reason: `schema: ${cell.error.reason}` });
    entries += 1;
    if (entries > SCHEMA_ENTRIES_MAX) return malformed(`a schema of more than ${SCHEMA_ENTRIES_MAX} entries`);
    const record = decodeRecord(cell.value.payload, { encoding: file.encoding, columnsMax: SCHEMA_COLUMNS });
    if (!record.ok) return err({ ...record.error, reason: `schema: ${record.error.reason}` });
    const [type, name, , root, sql] = record.value;
    if (type !== 'table') continue;
    if (typeof name !== 'string' || typeof root !== 'number' || typeof sql !== 'string') {
      return malformed('schema: an entry that is none');
    }
    tables.push({ name, root, sql });
  }
  return ok(tables);
}

function openTable(file: PageFile, { name, root, sql }: SchemaTable): Result<SqliteTable, SqliteProblem> {
  const declaration = parseCreateTable(sql);
  if (!declaration.ok) {
    return err({ ...declaration.error, reason: `table ${quoted(name)}: ${declaration.error.reason}` });
  }
  const columns = declaration.value.columns.map((column) => column.name.toLowerCase());
  return ok({ columns, rows: () => tableRows({ file, root, columns, declaration: declaration.value }) });
}

interface TableSource {
  readonly file: PageFile;
  readonly root: number;
  readonly columns: readonly string[];
  readonly declaration: TableDeclaration;
}

function* tableRows(table: TableSource): Generator<Result<SqliteRow, SqliteProblem>> {
  for (const cell of tableCells(table.file, table.root)) {
    if (!cell.ok) return yield cell;
    const row = readRow(cell.value, table);
    if (!row.ok) {
      const { page, rowid } = cell.value;
      return yield err({ ...row.error, reason: `page ${page}, row ${rowid}: ${row.error.reason}` });
    }
    yield row;
  }
}

function readRow(cell: TableCell, { file, columns, declaration }: TableSource): Result<SqliteRow, SqliteProblem> {
  const record = decodeRecord(cell.payload, { encoding: file.encoding, columnsMax: columns.length });
  if (!record.ok) return record;
  const row = new Map<string, SqliteValue>();
  for (const [i, name] of columns.entries()) {
    const stored = record.value[i];
    if (stored !== undefined) {
      row.set(name, i === declaration.rowidColumn && stored === null ? cell.rowid : stored);
      continue;
    }
    const missing = declaration.columns[i]?.missing;
    if (missing?.known !== true) return malformed(`nothing in column ${quoted(name)}, whose default is not known`);
    row.set(name, missing.value);
  }
  return ok(row);
}
