import { invariant } from '@clair/model';

/** `name` as a quoted SQL identifier. */
export function quoteIdentifier(name: string): string {
  invariant(name.length > 0 && !name.includes('\u0000'), 'an SQL identifier is not empty and holds no NUL');
  return `"${name.replaceAll('"', '""')}"`;
}

/** `schema.table` as quoted SQL; a bare name is taken for a temporary table. */
export function quoteTable(table: string): string {
  const [first = '', ...rest] = table.split('.');
  invariant(rest.length <= 1, `"${table}" is not schema.table`);
  return rest[0] === undefined
    ? `pg_temp.${quoteIdentifier(first)}`
    : `${quoteIdentifier(first)}.${quoteIdentifier(rest[0])}`;
}

/** Throws {@link Bug} unless `schema` can stand unquoted in SQL, which migrations rely on. */
export function checkSchemaName(schema: string): string {
  invariant(/^[a-z_][a-z0-9_]{0,40}$/.test(schema) && !schema.startsWith('pg_'), `"${schema}" is not a schema name`);
  return schema;
}
