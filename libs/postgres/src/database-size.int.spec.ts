import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database } from './database.ts';
import { tableSizes } from './database-size.ts';
import { openDatabase } from './pooled-database.ts';

const ROWS = 20_000;

let testDatabase: TestDatabase;
let db: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  db = openDatabase({ connstring: testDatabase.connstring, schema: 'app', applicationName: 'spec', poolMax: 1 });
  // Without autovacuum, so that nobody looks at a table before the test does.
  const table = (name: string) => `create table app.${name} (text text) with (autovacuum_enabled = false)`;
  await db.execute(['create schema app', table('"small ""one"""'), table('big'), table('unseen')].join('; '));
  await db.execute('insert into app."small ""one""" select 1 from generate_series(1, 546)');
  for (const name of ['big', 'unseen'])
    await db.execute(`insert into app.${name} select repeat('x', 100) from generate_series(1, ${ROWS})`);
  await db.execute('analyze app.big');
});

afterAll(async () => {
  await db?.close();
  await testDatabase?.drop();
});

it('counts a small table, estimates a large one, and does not know one that nobody has looked at', async () => {
  // What a crash does to the counters.
  await db.execute('select pg_stat_force_next_flush()');
  await db.execute("select pg_stat_reset_single_table_counters('app.unseen'::regclass)");
  const sizes = new Map((await tableSizes(db)).map((size) => [size.table, size]));
  expect(sizes.get('small "one"')).toMatchObject({ rows: 546, rowsEstimated: false });
  expect(sizes.get('big')).toMatchObject({ rowsEstimated: true });
  expect(sizes.get('big')?.rows).toBeCloseTo(ROWS, -3);
  expect(sizes.get('unseen')).toMatchObject({ rows: null, rowsEstimated: true });
  expect(sizes.get('unseen')?.tableBytes).toBeGreaterThan(1024 ** 2);
});
