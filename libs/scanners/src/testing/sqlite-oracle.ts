import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Random } from '@clair/testing';
import { expect } from 'vitest';
import { openSqlite } from '../sqlite/open-sqlite.ts';

/** What SQLite itself says is the truth: each database is made by it, and read by both. */
type PlainRow = Record<string, unknown>;

export interface MadeDatabase {
  readonly bytes: Uint8Array;
  readonly tables: ReadonlyMap<string, readonly PlainRow[]>;
}

/** A database that SQLite makes, and all its rows as SQLite reads them. Not synced to disk. */
export function makeDatabase(fill: (database: DatabaseSync) => void): MadeDatabase {
  const directory = mkdtempSync(join(tmpdir(), 'sqlite-'));
  try {
    const path = join(directory, 'made.sqlite');
    const database = new DatabaseSync(path);
    database.exec('PRAGMA synchronous = OFF');
    fill(database);
    const tables = allRows(database);
    database.close();
    return { bytes: new Uint8Array(readFileSync(path)), tables };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

export function allRows(database: DatabaseSync): ReadonlyMap<string, readonly PlainRow[]> {
  const names = database
    .prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%WITHOUT ROWID' AND sql NOT LIKE '%VIRTUAL%'",
    )
    .all();
  return new Map(
    names.map(({ name }) => {
      const select = database.prepare(`SELECT * FROM "${String(name).replaceAll('"', '""')}" ORDER BY rowid`);
      select.setReadBigInts(true);
      return [String(name), select.all().map(plain)];
    }),
  );
}

/** Names in lower case, integers as bigints, bytes as text: what both sides can be compared in. */
function plain(row: PlainRow): PlainRow {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      if (value instanceof Uint8Array) return [name.toLowerCase(), `bytes ${Buffer.from(value).toString('hex')}`];
      return [name.toLowerCase(), typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value];
    }),
  );
}

export function rowsOf(bytes: Uint8Array, name: string): PlainRow[] | string {
  const database = openSqlite(bytes);
  const table = database.ok ? database.value.table(name) : database;
  if (!table.ok) return table.error.reason;
  const rows: PlainRow[] = [];
  for (const row of table.value.rows()) {
    if (!row.ok) return row.error.reason;
    rows.push(plain(Object.fromEntries(row.value)));
  }
  return rows;
}

export function expectSame({ bytes, tables }: MadeDatabase): void {
  const database = openSqlite(bytes);
  expect(database.ok && [...database.value.tables].sort()).toEqual([...tables.keys()].sort());
  for (const [name, rows] of tables) expect(rowsOf(bytes, name)).toEqual(rows);
}

/** Bytes that tell where in a value they belong, so that pages in a wrong order are seen. */
export function numberedBytes(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8) * 13 + seed) & 255);
}

export function fillRows(database: DatabaseSync, random: Random, count: number): void {
  const insert = database.prepare('INSERT INTO t VALUES (?, ?, ?, ?)');
  for (let n = 1; n <= count; n += 1) {
    const length = random.pick([0, 1, 30, 200, 470, 1_000, 5_000, random.int(0, 70_000)]);
    const integer = BigInt(random.int(-(2 ** 31), 2 ** 31)) * random.pick([0n, 1n, 3n, 70_000n, 2n ** 31n]);
    insert.run(
      n * 3,
      integer,
      random.next() < 0.1 ? null : `ü${'text '.repeat(length % 300)}`,
      numberedBytes(length, n),
    );
  }
}
