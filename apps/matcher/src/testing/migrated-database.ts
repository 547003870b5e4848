import { type Database, migrate, openDatabase } from '@clair/postgres';
import { migrations } from '../store/migrations.ts';

/** Opens the database and brings the schema up to date. */
export async function openMigrated(connstring: string): Promise<Database> {
  const db = openDatabase({ connstring, schema: 'matcher', applicationName: 'matcher-test' });
  await migrate(db, migrations);
  return db;
}
