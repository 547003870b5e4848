import { Bug } from '@clair/model';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from './database.ts';
import { MigrationRefused, migrate } from './migrate.ts';
import type { Migration } from './migration.ts';
import { platformMigrations } from './platform-migrations.ts';
import { openDatabase } from './pooled-database.ts';

const FIRST: Migration = {
  id: '0001-item',
  sql: 'create table {schema}.item (id int primary key); insert into {schema}.item values (1)',
};
const SECOND: Migration = {
  id: '0002-name',
  sql: "alter table {schema}.item add name text; comment on table {schema}.item is '{schema}'",
};
const PLATFORM_IDS = platformMigrations.map(({ id }) => id);

let testDatabase: TestDatabase;
const opened: Database[] = [];
let schemas = 0;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
});

afterAll(async () => {
  await Promise.all(opened.map((db) => db.close()));
  await testDatabase.drop();
});

function open(schema = `s${++schemas}`, connstring = testDatabase.connstring): Database {
  const db = openDatabase({ connstring, schema, applicationName: 'spec', poolMax: 2 });
  opened.push(db);
  return db;
}

describe('migrate', () => {
  it('applies what is missing, in order, and nothing twice', async () => {
    const db = open();
    expect(await migrate(db, [...platformMigrations, FIRST])).toEqual([...PLATFORM_IDS, '0001-item']);
    expect(await migrate(db, [...platformMigrations, FIRST, SECOND])).toEqual(['0002-name']);
    expect(await migrate(db, [...platformMigrations, FIRST, SECOND])).toEqual([]);
    expect(await db.query(`select * from ${db.schema}.item`)).toEqual([{ id: 1, name: null }]);
  });

  it('lets many processes come at once, and each migration is applied by one', async () => {
    const first = open();
    const replicas = [first, ...Array.from({ length: 5 }, () => open(first.schema))];
    const applied = await Promise.all(replicas.map((db) => migrate(db, [...platformMigrations, FIRST, SECOND])));
    expect(applied.flat().sort()).toEqual([...PLATFORM_IDS, '0001-item', '0002-name'].sort());
  });

  it('undoes a migration that fails, keeps those before it, and goes on when it is repaired', async () => {
    const db = open();
    const broken: Migration = { id: '0002-name', sql: 'alter table {schema}.item add name text; select 1/0' };
    await expect(migrate(db, [FIRST, broken])).rejects.toHaveProperty('code', '22012');
    expect(await migrate(db, [FIRST, SECOND])).toEqual(['0002-name']);
  });

  it('grows the platform and the service independently', async () => {
    const db = open();
    const later: Migration = { id: 'p999-more', sql: 'create table {schema}.more ()' };
    await migrate(db, [...platformMigrations, FIRST]);
    expect(await migrate(db, [...platformMigrations, later, FIRST, SECOND])).toEqual(['p999-more', '0002-name']);
  });

  it.each([
    ['a schema that is newer', [FIRST], /0002-name, which this version does not know/],
    ['a migration that was edited', [{ ...FIRST, sql: `${FIRST.sql};` }, SECOND], /0001-item .* was edited/],
    [
      'a migration inserted before an applied one',
      [{ id: '0000-early', sql: 'select 1' }, FIRST, SECOND],
      /0000-early .* before 0001-item/,
    ],
  ])('refuses %s and changes nothing', async (_name, migrations, message) => {
    const db = open();
    await migrate(db, [FIRST, SECOND]);
    const refused = migrate(db, [...migrations, { id: 'p001-new', sql: 'create table {schema}.fresh ()' }]);
    await expect(refused).rejects.toBeInstanceOf(MigrationRefused);
    await expect(refused).rejects.toThrow(message);
    expect(await db.query('select to_regclass($1) as fresh', [`${db.schema}.fresh`])).toEqual([{ fresh: null }]);
  });

  it('takes a list out of order, or a name that is no id, for a mistake of the program', async () => {
    await expect(migrate(open(), [SECOND, FIRST])).rejects.toBeInstanceOf(Bug);
    await expect(migrate(open(), [{ id: 'first', sql: '' }])).rejects.toBeInstanceOf(Bug);
  });

  it('works for a role that owns its schema and may not create one', async () => {
    const admin = open();
    await admin.execute("create role svc login password 'svc'; create schema svc authorization svc");
    const url = new URL(testDatabase.connstring);
    Object.assign(url, { username: 'svc', password: 'svc' });
    const db = open('svc', url.href);
    expect(await migrate(db, [...platformMigrations, FIRST])).toHaveLength(PLATFORM_IDS.length + 1);
    await db.close();
    await admin.execute('drop owned by svc cascade; drop role svc');
  });
});
