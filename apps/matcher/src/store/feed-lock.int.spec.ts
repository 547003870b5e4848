import type { Database, Transaction } from '@clair/postgres';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openMigrated } from '../testing/migrated-database.ts';
import { lockFeed } from './feed-lock.ts';

let own: TestDatabase;
let db: Database;

beforeEach(async () => {
  own = await createTestDatabase();
  db = await openMigrated(own.connstring);
});

afterEach(async () => {
  await db?.close();
  await own?.drop();
});

it('bounds the wait for the feed, and no other wait of the update', async () => {
  const facts = { feed: 'debian', fingerprint: '', fetchedAtMs: 0, staleAfterHours: 24 };
  const bounds: string[] = [];
  const bound = `select current_setting('lock_timeout') as bound`;
  await db.transaction(async (tx) => {
    const noting: Transaction = {
      schema: tx.schema,
      execute: tx.execute.bind(tx),
      copyIn: tx.copyIn.bind(tx),
      cursor: tx.cursor.bind(tx),
      query: async <R>(sql: string, values?: readonly unknown[]) => {
        if (sql.includes('for update'))
          bounds.push((await tx.query<{ readonly bound: string }>(bound))[0]?.bound ?? '');
        return tx.query<R>(sql, values);
      },
    };
    await lockFeed(noting, facts);
    bounds.push((await tx.query<{ readonly bound: string }>(bound))[0]?.bound ?? '');
  });
  expect(bounds).toEqual(['30s', '0']);
});
