import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { openNotifierDatabase } from './notifier-database.ts';
import { QUICK_TAKE_OVER, testService } from './test-service.ts';
import type { World } from './world.ts';

/** What the process is told, as JSON in its only argument. */
export interface KillableNotifierArguments {
  readonly connstring: string;
  readonly worldFile: string;
  readonly webhook: string;
  /** Before each message of the matcher and the indexer. */
  readonly pauseMs: number;
}

/** A notifier in a process of its own, to be killed. Says `started` when it runs. */
async function main(): Promise<void> {
  // Safety: the test that starts this process writes exactly these.
  const { connstring, worldFile, webhook, pauseMs } = JSON.parse(process.argv[2] ?? '') as KillableNotifierArguments;
  const world = JSON.parse(readFileSync(worldFile, 'utf8')) as World; // Safety: likewise.
  const db = await openNotifierDatabase(connstring);
  const service = testService({
    db,
    world: () => world,
    takeOver: QUICK_TAKE_OVER,
    notifier: { disable_summary: true, webhook: { target: webhook, callback: 'http://clair/n/' } },
    pause: async () => {
      await delay(pauseMs);
    },
  });
  await service.start();
  process.stdout.write('started\n');
}

await main();
