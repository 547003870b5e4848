import type { Database } from '@clair/postgres';
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
  const [setting] = await db.transaction(async (tx) => {
    await lockFeed(tx, facts);
    return tx.query<{ readonly bound: string }>(`select current_setting('lock_timeout') as bound`);
  });
  expect(setting?.bound).toBe('0');
});
