import { type Database, migrate, openDatabase } from '@clair/postgres';
import { migrations } from '../store/migrations.ts';

/** Opens the database and brings the schema up to date. */
export async function openNotifierDatabase(connstring: string, applicationName = 'notifier-test'): Promise<Database> {
  const db = openDatabase({ connstring, schema: 'notifier', applicationName });
  await migrate(db, migrations);
  return db;
}
