import { createLogger } from '@clair/service-kit';
import { createTestDatabase } from '@clair/testing/services';
import { expect, it } from 'vitest';
import { Scheduler } from './scheduler.ts';
import { registerFeeds } from './store/feed-status.ts';
import { openUpdaterDatabase } from './testing/updater-fixture.ts';

it('a feed whose run throws does not keep the others from theirs', async () => {
  const own = await createTestDatabase();
  const db = await openUpdaterDatabase(own.connstring);
  const ran: string[] = [];
  const runner = {
    names: ['alpine', 'debian'],
    run: async (feed: string) => {
      ran.push(feed);
      if (feed === 'alpine') throw new Error('unexpected');
      return { feed, outcome: 'unchanged' as const, error: '', operation: 0 };
    },
    stop: async () => undefined,
  };
  await registerFeeds(db, runner.names);
  const log = createLogger({ level: 'fatal', name: 'test' });
  const scheduler = new Scheduler(runner, { db, log, clock: () => Date.now() + 1000, pollMs: 60_000 });
  try {
    scheduler.start();
    await expect.poll(() => ran).toEqual(['alpine', 'debian']);
  } finally {
    await scheduler.stop();
    await db.close();
    await own.drop();
  }
});
