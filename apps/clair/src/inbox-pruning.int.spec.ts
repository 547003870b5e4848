import { firstSeen, migrate, openDatabase, platformMigrations } from '@clair/postgres';
import { createLogger } from '@clair/service-kit';
import { createTestDatabase } from '@clair/testing/services';
import { expect, it } from 'vitest';
import { eventually } from '../test-support/eventually.ts';
import { startInboxPruning } from './inbox-pruning.ts';

it('forgets old events, and only those', async () => {
  const database = await createTestDatabase();
  const log = createLogger({ level: 'panic', name: 'test', destination: { write: () => undefined } });
  const db = openDatabase({ connstring: database.connstring, schema: 'notifier', applicationName: 'test', log });
  try {
    await migrate(db, platformMigrations);
    for (const id of ['old', 'new']) await db.transaction((tx) => firstSeen(tx, { id, subscriber: 'test' }));
    await db.execute(`update notifier.inbox set received_at = now() - interval '61 days' where event_id = 'old'`);
    const pruning = startInboxPruning({ db, log, firstAfterMs: 0 });
    const ids = async () =>
      (await db.query<{ event_id: string }>('select event_id from notifier.inbox')).map((row) => row.event_id);
    await eventually('the old event is forgotten', async () => (await ids()).length < 2);
    expect(await ids()).toEqual(['new']);
    await pruning.stop();
  } finally {
    await db.close();
    await database.drop();
  }
});
