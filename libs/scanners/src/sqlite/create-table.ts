import { ok, type Result } from '@clair/model';
import { type ColumnDefault, readDefault } from './column-default.ts';
import { isKeyword, isSign, type SqlToken, sqlTokens } from './sql-tokens.ts';
import { malformed, type SqliteProblem, unsupported } from './sqlite-problem.ts';

/** The longest of rpm's and dnf's has 1,000 characters. */
const SQL_LENGTH_MAX = 100_000;
/** SQLite's own upper bound of `SQLITE_MAX_COLUMN`. */
const COLUMNS_MAX = 32_767;
const TABLE_CONSTRAINTS: readonly string[] = ['CONSTRAINT', 'PRIMARY', 'UNIQUE', 'CHECK', 'FOREIGN'];
const COLUMN_CONSTRAINTS: ReadonlySet<string> = new Set(
  'CONSTRAINT PRIMARY NOT NULL UNIQUE CHECK DEFAULT COLLATE REFERENCES GENERATED AS ON DEFERRABLE'.split(' '),
);

/** A column as the table's `CREATE TABLE` declares it. */
export interface DeclaredColumn {
  readonly name: string;
  /** What a row that was written before the column was added has in it. */
  readonly missing: ColumnDefault;
}

/** The columns of an ordinary table in the order in which records have them. */
export interface TableDeclaration {
  readonly columns: readonly DeclaredColumn[];
  /** The position of the column that is another name of the row id, which records keep as NULL. */
  readonly rowidColumn?: number;
}

/**
 * Reads the text of `sqlite_schema.sql`. Tables without row ids, virtual tables and generated columns are refused:
 * their records are laid out otherwise. @see https://www.sqlite.org/lang_createtable.html
 */
export function parseCreateTable(sql: string): Result<TableDeclaration, SqliteProblem> {
  if (sql.length > SQL_LENGTH_MAX) return unsupported(`a table declaration of ${sql.length} characters`);
  const tokens = sqlTokens(sql);
  if (tokens === undefined) return malformed('a table declaration with an open quote');
  if (!isKeyword(tokens[0], 'CREATE') || !isKeyword(tokens[1], 'TABLE')) return unsupported('not an ordinary table');
  const parts = splitDefinitions(tokens);
  if (parts === undefined) return malformed('a table declaration without its list of columns');
  const [definitions, options] = parts;
  if (options.some((token) => isKeyword(token, 'WITHOUT'))) return unsupported('a table without row ids');
  const columns: DeclaredColumn[] = [];
  let rowidColumn: number | undefined;
  let keyName: string | undefined;
  const integers = new Set<string>();
  for (const definition of definitions) {
    if (TABLE_CONSTRAINTS.some((keyword) => isKeyword(definition[0], keyword))) {
      keyName ??= singleKeyColumn(definition);
      continue;
    }
    const column = readColumn(definition);
    if (!column.ok) return column;
    if (column.value.isRowid) rowidColumn = columns.length;
    if (column.value.isInteger) integers.add(column.value.name.toLowerCase());
    columns.push({ name: column.value.name, missing: column.value.missing });
  }
  if (columns.length === 0 || columns.length > COLUMNS_MAX) return malformed(`a table of ${columns.length} columns`);
  if (keyName !== undefined && integers.has(keyName)) {
    rowidColumn = columns.findIndex(({ name }) => name.toLowerCase() === keyName);
  }
  return ok({ columns, ...(rowidColumn === undefined ? {} : { rowidColumn }) });
}

/** What is between the first parenthesis and its partner, cut at the commas of that level; and what follows. */
function splitDefinitions(tokens: readonly SqlToken[]): [SqlToken[][], SqlToken[]] | undefined {
  const open = tokens.findIndex((token) => isSign(token, '('));
  if (open < 0) return undefined;
  const definitions: SqlToken[][] = [[]];
  let depth = 0;
  for (const [i, token] of tokens.entries()) {
    if (i <= open) continue;
    if (isSign(token, ')') && depth === 0) return [definitions, tokens.slice(i + 1)];
    if (isSign(token, '(')) depth += 1;
    if (isSign(token, ')')) depth -= 1;
    if (isSign(token, ',') && depth === 0) definitions.push([]);
    else definitions.at(-1)?.push(token);
  }
  return undefined;
}

interface ReadColumn extends DeclaredColumn {
  readonly isInteger: boolean;
  readonly isRowid: boolean;
}

function readColumn(definition: readonly SqlToken[]): Result<ReadColumn, SqliteProblem> {
  const [name, ...rest] = definition;
  if (name === undefined || name.kind === 'sign') return malformed('a column without a name');
  const typeEnd = rest.findIndex((t) => t.kind === 'word' && COLUMN_CONSTRAINTS.has(t.value.toUpperCase()));
  const type = rest.slice(0, typeEnd < 0 ? rest.length : typeEnd);
  const typeText = type.map(({ value }) => value.toUpperCase()).join(' ');
  let missing: ColumnDefault = { known: true, value: null };
  let isRowid = false;
  let depth = 0;
  for (let i = type.length; i < rest.length; i += 1) {
    if (isSign(rest[i], '(')) depth += 1;
    if (isSign(rest[i], ')')) depth -= 1;
    if (depth > 0) continue;
    if (isKeyword(rest[i], 'GENERATED') || isKeyword(rest[i], 'AS')) return unsupported('a generated column');
    if (isKeyword(rest[i], 'DEFAULT')) missing = readDefault(rest.slice(i + 1, i + 4), typeText);
    // `INTEGER PRIMARY KEY DESC` is no name of the row id: https://www.sqlite.org/lang_createtable.html#rowid
    if (isKeyword(rest[i], 'PRIMARY')) isRowid = typeText === 'INTEGER' && !isKeyword(rest[i + 2], 'DESC');
  }
  return ok({ name: name.value, missing, isInteger: typeText === 'INTEGER', isRowid });
}

/** The column of `PRIMARY KEY (column …)` in lower case, where it is a single one. */
function singleKeyColumn(constraint: readonly SqlToken[]): string | undefined {
  const primary = constraint.findIndex((token) => isKeyword(token, 'PRIMARY'));
  if (primary < 0 || !isSign(constraint[primary + 2], '(')) return undefined;
  const end = constraint.findIndex((token, i) => i > primary && isSign(token, ')'));
  const columns = constraint.slice(primary + 3, end < 0 ? constraint.length : end);
  return columns.some((token) => isSign(token, ',')) ? undefined : columns[0]?.value.toLowerCase();
}
