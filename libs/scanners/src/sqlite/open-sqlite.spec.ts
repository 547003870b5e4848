import { readdirSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { createRandom, type Random, sharedData } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { allRows, expectSame, fillRows, makeDatabase, numberedBytes, rowsOf } from '../testing/sqlite-oracle.ts';

const PAGE_SIZES = [512, 1024, 4096, 8192, 65_536];

describe('openSqlite reads what SQLite reads', () => {
  it.each(PAGE_SIZES)('page size %i: overflow, deleted rows, vacuum', (pageBytes) => {
    const random = createRandom(pageBytes);
    const fill = (database: DatabaseSync): void => {
      database.exec(`PRAGMA page_size = ${pageBytes}; CREATE TABLE t (id INTEGER PRIMARY KEY, n, s TEXT, b BLOB)`);
      fillRows(database, random, 60);
    };
    expectSame(makeDatabase(fill));
    const shrink = (database: DatabaseSync): void => {
      fill(database);
      database.exec('DELETE FROM t WHERE id % 2 = 0');
      fillRows2(database, random);
    };
    expectSame(makeDatabase(shrink));
    expectSame(
      makeDatabase((database) => {
        shrink(database);
        database.exec('VACUUM');
      }),
    );
  });

  function fillRows2(database: DatabaseSync, random: Random): void {
    const insert = database.prepare('INSERT INTO t (n, s, b) VALUES (?, ?, ?)');
    for (let n = 0; n < 20; n += 1) insert.run(n, 'later', numberedBytes(random.int(0, 9_000), n));
  }

  it.each(['UTF-8', 'UTF-16le', 'UTF-16be'])('texts in %s', (encoding) => {
    const made = makeDatabase((database) => {
      database.exec(`PRAGMA encoding = '${encoding}'; CREATE TABLE "täble" ("né" TEXT, b)`);
      const insert = database.prepare('INSERT INTO "täble" VALUES (?, ?)');
      for (const text of ['', 'a', 'ü', '漢字', '😀', '\ufeffx', 'x'.repeat(5_000)]) insert.run(text, text);
    });
    expectSame(made);
    expect(rowsOf(made.bytes, 'täble')).toHaveLength(7);
  });

  it('many small rows: interior pages of several levels', () => {
    const made = makeDatabase((database) => {
      database.exec('PRAGMA page_size = 512; CREATE TABLE t (a, b)');
      database.exec(
        "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 5000) INSERT INTO t SELECT n, 'row ' || n FROM c",
      );
    });
    expectSame(made);
    expect(rowsOf(made.bytes, 't')).toHaveLength(5_000);
  });

  it('integers of every length, reals, row ids at both ends', () => {
    const made = makeDatabase((database) => {
      database.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, n, r REAL)');
      const insert = database.prepare('INSERT INTO t VALUES (?, ?, ?)');
      const edges = [
        0n,
        1n,
        127n,
        128n,
        32_767n,
        32_768n,
        8_388_607n,
        8_388_608n,
        2n ** 31n - 1n,
        2n ** 31n,
        2n ** 47n - 1n,
        2n ** 47n,
        2n ** 53n,
        2n ** 63n - 1n,
      ];
      for (const [i, edge] of edges.entries()) {
        insert.run(edge, -edge - 1n, i / 3);
        if (edge > 0n) insert.run(-edge, edge, i);
      }
    });
    expectSame(made);
    const first = rowsOf(made.bytes, 't')[0];
    expect(first).toMatchObject({ id: -(2n ** 63n) + 1n });
  });

  it('columns that were added, renamed and dropped', () => {
    expectSame(
      makeDatabase((database) => {
        database.exec("CREATE TABLE t (a TEXT, b); INSERT INTO t VALUES ('old', 1)");
        for (const column of [
          "c TEXT DEFAULT ''",
          'd INTEGER DEFAULT -7',
          'e TEXT DEFAULT 5',
          "f DEFAULT 'x''y'",
          'g',
          'h INT DEFAULT NULL',
          "i INTEGER NOT NULL DEFAULT '12'",
          'j BOOLEAN DEFAULT TRUE',
        ]) {
          database.exec(`ALTER TABLE t ADD COLUMN ${column}`);
        }
        database.exec(
          "INSERT INTO t (a) VALUES ('new'); ALTER TABLE t RENAME COLUMN b TO bb; ALTER TABLE t DROP COLUMN g; ALTER TABLE t RENAME TO u",
        );
      }),
    );
  });

  it.each([
    'id INTEGER PRIMARY KEY AUTOINCREMENT, a',
    '"id" INTEGER, a, PRIMARY KEY("id" AUTOINCREMENT)',
    'a, id integer CONSTRAINT k PRIMARY KEY ASC ON CONFLICT REPLACE',
    'a, [id] INTEGER NOT NULL, CONSTRAINT k PRIMARY KEY (`id` DESC)',
    'id INT PRIMARY KEY, a',
    'id INTEGER PRIMARY KEY DESC, a',
    'id BIGINT, a, PRIMARY KEY (id, a)',
    'id INTEGER, a DECIMAL(10, 2) CHECK (a <> (1 + 2)), UNIQUE (id, a)',
    "id INTEGER -- comment, with comma\n, /* and ( */ a VARCHAR(20) DEFAULT (upper('x,y')) COLLATE NOCASE",
    "id INTEGER REFERENCES other (x) ON DELETE SET NULL DEFERRABLE, a TEXT DEFAULT ')'",
  ])('a table of (%s)', (columns) => {
    const made = makeDatabase((database) => {
      database.exec(`PRAGMA foreign_keys = OFF; CREATE TABLE t (${columns})`);
      for (const [id, a] of [
        [5, 50],
        [2, 20],
        [9, 90],
      ])
        database.exec(`INSERT INTO t (id, a) VALUES (${id}, ${a})`);
    });
    expectSame(made);
    expect(rowsOf(made.bytes, 't')).toHaveLength(3);
  });

  it('a file in WAL mode, with auto-vacuum, indexes, views and triggers', () => {
    const made = makeDatabase((database) => {
      database.exec(
        'PRAGMA auto_vacuum = FULL; PRAGMA journal_mode = WAL; CREATE TABLE t (id INTEGER PRIMARY KEY, n, s, b)',
      );
      database.exec(
        'CREATE INDEX i ON t (n); CREATE VIEW v AS SELECT 1; CREATE TRIGGER g AFTER DELETE ON t BEGIN SELECT 1; END',
      );
      fillRows(database, createRandom(7), 60);
      database.exec('DELETE FROM t WHERE id % 4 = 0');
    });
    expectSame(made);
    expect(rowsOf(made.bytes, 'v')).toBe('no table "v"');
  });

  it('an empty database, in which the tables were dropped', () => {
    expectSame(makeDatabase((database) => database.exec('CREATE TABLE t (a); DROP TABLE t')));
  });
});

const root = sharedData('fixtures/pkgdb');

/** Skipped where the data sets are not beside the repository. */
describe.skipIf(root === undefined)('real databases', () => {
  const files = ['rpm', 'dnf'].flatMap((folder) =>
    root === undefined ? [] : readdirSync(`${root}/${folder}`).map((name) => `${folder}/${name}`),
  );
  it.each(files.filter((name) => name.endsWith('.sqlite')))('%s: every row of every table', (name) => {
    const database = new DatabaseSync(`${root}/${name}`, { readOnly: true });
    const tables = allRows(database);
    database.close();
    expect(tables.size).toBeGreaterThan(0);
    expectSame({ bytes: new Uint8Array(readFileSync(`${root}/${name}`)), tables });
  });
});
