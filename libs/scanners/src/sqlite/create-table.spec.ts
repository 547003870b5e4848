import { describe, expect, it } from 'vitest';
import { parseCreateTable } from './create-table.ts';

function shown(sql: string): string {
  const parsed = parseCreateTable(sql);
  if (!parsed.ok) return `${parsed.error.kind}: ${parsed.error.reason}`;
  const { columns, rowidColumn } = parsed.value;
  return columns.map(({ name }, i) => (i === rowidColumn ? `${name}*` : name)).join(' ');
}

describe('parseCreateTable', () => {
  it.each([
    ['CREATE TABLE t(a)', 'a'],
    ['create table t(a,b)', 'a b'],
    ['CREATE TABLE "a (b"(c)', 'c'],
    ['CREATE TABLE t("x""y", [p q], `r``s`, \'tt\')', 'x"y p q r`s tt'],
    ['CREATE TABLE t(id INTEGER PRIMARY KEY)', 'id*'],
    ['CREATE TABLE t(a, ID "INTEGER" primary key)', 'a ID*'],
    ['CREATE TABLE t(id INTEGER(8) PRIMARY KEY)', 'id'],
    ['CREATE TABLE t(id INTEGER, PRIMARY KEY(ID))', 'id*'],
    ['CREATE TABLE t(id INTEGER, b, PRIMARY KEY(id, b))', 'id b'],
    ['CREATE TABLE t(id INTEGER, UNIQUE(id) PRIMARY KEY(id))', 'id*'],
    ['CREATE TABLE t(a INT) STRICT', 'a'],
    ['CREATE TABLE t(a) STRICT, WITHOUT ROWID', 'unsupported: a table without row ids'],
    ['CREATE INDEX i ON t(a)', 'unsupported: not an ordinary table'],
    ['CREATE TABLE t', 'malformed: a table declaration without its list of columns'],
    ['CREATE TABLE t(a, b', 'malformed: a table declaration without its list of columns'],
    ['CREATE TABLE t(a, "b)', 'malformed: a table declaration with an open quote'],
    ['CREATE TABLE t(a,)', 'malformed: a column without a name'],
    ['CREATE TABLE t()', 'malformed: a column without a name'],
    ['CREATE TABLE t(UNIQUE(a))', 'malformed: a table of 0 columns'],
    ['', 'unsupported: not an ordinary table'],
    ['CREATE TABLE t(a) /* not closed', 'a'],
  ])('%s: %s', (sql, expected) => {
    expect(shown(sql)).toBe(expected);
  });

  it.each(['[', '"', "'", '`', '/*', '--', '(', ')', ',', 'a', '""', 'a,'])('is linear in a long run of %s', (part) => {
    const startMs = performance.now();
    shown(`CREATE TABLE t(${part.repeat(90_000 / part.length)}`);
    shown(`CREATE TABLE t(${part.repeat(90_000 / part.length)})`);
    expect(performance.now() - startMs).toBeLessThan(2_000);
  });

  it('refuses a declaration that is longer than any table needs', () => {
    expect(shown(`CREATE TABLE t(${'a'.repeat(100_001)})`)).toMatch(/^unsupported: .* characters$/);
  });
});
