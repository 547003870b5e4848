import { createRandom } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { fillRows, makeDatabase, rowsOf } from '../testing/sqlite-oracle.ts';

describe('openSqlite refuses', () => {
  it.each([
    ['CREATE TABLE t (a PRIMARY KEY, b) WITHOUT ROWID', 'table "t": a table without row ids'],
    ['CREATE TABLE t (a, b AS (a + 1))', 'table "t": a generated column'],
    ['CREATE TABLE t (a, b INT GENERATED ALWAYS AS (a + 1) STORED)', 'table "t": a generated column'],
    ['CREATE VIRTUAL TABLE t USING fts5 (a)', 'table "t": not an ordinary table'],
    ['CREATE TABLE other (a)', 'no table "t"'],
    [
      'CREATE TABLE t (a); INSERT INTO t VALUES (1); ALTER TABLE t ADD COLUMN b REAL DEFAULT 1.5',
      'page 2, row 1: nothing in column "b", whose default is not known',
    ],
  ])('%s', (sql, reason) => {
    const { bytes } = makeDatabase((database) => {
      database.exec(sql);
    });
    expect(rowsOf(bytes, 't')).toBe(reason);
  });

  const { bytes: sound } = makeDatabase((database) => {
    database.exec('PRAGMA page_size = 512; CREATE TABLE t (id INTEGER PRIMARY KEY, n, s, b)');
    fillRows(database, createRandom(3), 15);
  });

  it.each<[string, (view: DataView, bytes: Uint8Array) => unknown, RegExp]>([
    ['another magic', (view) => view.setUint8(0, 0), /does not start/],
    ['a page size of 1000', (view) => view.setUint16(16, 1000), /page size 1000/],
    ['a page that is mostly reserved', (view) => view.setUint8(20, 100), /usable/],
    ['a later format', (view) => view.setUint8(19, 3), /file format version 3/],
    ['a later schema format', (view) => view.setUint32(44, 5), /schema format 5/],
    ['an unknown encoding', (view) => view.setUint32(56, 4), /text encoding 4/],
    ['more pages than there are', (view) => view.setUint32(28, 1_000_000), /cut off/],
    ['a root that is no table page', (_, bytes) => bytes.fill(0, 512, 520), /page 2 is no table page/],
    ['a child that is its parent', (view) => view.setUint32(512 + 8, 2), /page 2 is used twice/],
    ['a child that is not there', (view) => view.setUint32(512 + 8, 999_999), /page 999999 of/],
    ['more cells than fit', (view) => view.setUint16(512 + 3, 0xffff), /claims 65535 cells/],
  ])('%s', (_, change, reason) => {
    const bytes = sound.slice();
    change(new DataView(bytes.buffer), bytes);
    expect(rowsOf(bytes, 't')).toMatch(reason);
  });

  it('cells that all point to one payload', () => {
    const { bytes } = makeDatabase((database) => {
      database.exec('PRAGMA page_size = 4096; CREATE TABLE t (a)');
      const insert = database.prepare('INSERT INTO t VALUES (?)');
      for (let n = 0; n < 9; n += 1) insert.run('x'.repeat(400));
    });
    const view = new DataView(bytes.buffer);
    for (let n = 1; n < 9; n += 1) view.setUint16(4096 + 8 + n * 2, view.getUint16(4096 + 8));
    expect(rowsOf(bytes, 't')).toMatch(/row 1 after row 1|cells overlap/);
  });

  it('any damage without throwing, and in little time', () => {
    const random = createRandom(11);
    let refused = 0;
    for (let n = 0; n < 1_500; n += 1) {
      const bytes = sound.slice(0, random.next() < 0.2 ? random.int(0, sound.length) : sound.length);
      for (let change = random.int(1, 5); change > 0 && bytes.length > 0; change -= 1) {
        const page = random.int(0, bytes.length >> 9) * 512;
        bytes[Math.min(page + random.int(0, random.pick([16, 511])), bytes.length - 1)] = random.int(0, 255);
      }
      const startMs = performance.now();
      if (typeof rowsOf(bytes, 't') === 'string') refused += 1;
      expect(performance.now() - startMs).toBeLessThan(1_000);
    }
    expect(refused).toBeGreaterThan(200);
    expect(refused).toBeLessThan(1_500);
  });
});
