import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Database } from '@clair/postgres';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { moveProgress } from './store/progress.ts';
import { eventually } from './testing/eventually.ts';
import type { KillableNotifierArguments } from './testing/killable-notifier.ts';
import { openNotifierDatabase } from './testing/notifier-database.ts';
import { type StoredState, storedState } from './testing/stored-state.ts';
import { startReceiver, type WebhookReceiver } from './testing/webhook-receiver.ts';
import { debianPackage, digestOf, vulnerability, type World } from './testing/world.ts';

const SCRIPT = fileURLToPath(new URL('./testing/killable-notifier.ts', import.meta.url));
const LAST_OPERATION = 14;
const ROWS_EACH = 10;

/** Changes of one feed, and between them first loads of others, each of which ends a range; about three manifests. */
function busyWorld(): World {
  const ids = Array.from({ length: LAST_OPERATION }, (_, index) => index + 1);
  const isFirstLoad = (id: number) => id % 2 === 1;
  const feedOf = (id: number) => (isFirstLoad(id) && id > 1 ? `feed-${id}` : 'debian');
  return {
    operations: ids.map((id) => ({ id, feed: feedOf(id), firstLoad: isFirstLoad(id) })),
    rows: ids.flatMap((id) =>
      Array.from({ length: ROWS_EACH }, (_, index) => ({
        from: id,
        ...(index === 0 && id < LAST_OPERATION ? { to: id + 1 } : {}),
        vulnerability: vulnerability({ name: `CVE-${id}-${index}`, feed: feedOf(id) }),
      })),
    ),
    manifests: Object.fromEntries(['a', 'b', 'c'].map((letter) => [digestOf(letter), [debianPackage('openssl', '2')]])),
  };
}

interface Bench {
  readonly database: TestDatabase;
  readonly db: Database;
  readonly receiver: WebhookReceiver;
}

let directory: string;
let worldFile: string;
const benches: Bench[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clair-notifier-'));
  worldFile = join(directory, 'world.json');
  await writeFile(worldFile, JSON.stringify(busyWorld()));
});

afterAll(async () => {
  for (const { db, receiver, database } of benches) {
    await db.close();
    await receiver.close();
    await database.drop();
  }
  await rm(directory, { recursive: true, force: true });
});

async function makeBench(): Promise<Bench> {
  const database = await createTestDatabase();
  const db = await openNotifierDatabase(database.connstring);
  await moveProgress(db, undefined, 1);
  // Slow to answer, so that a kill finds posts in flight.
  const receiver = await startReceiver((response) => setTimeout(() => response.writeHead(204).end(), 150));
  const bench = { database, db, receiver };
  benches.push(bench);
  return bench;
}

async function startNotifier({ database, receiver }: Bench, pauseMs: number): Promise<ChildProcess> {
  const told: KillableNotifierArguments = {
    connstring: database.connstring,
    worldFile,
    webhook: receiver.url,
    pauseMs,
  };
  const child = spawn(process.execPath, [SCRIPT, JSON.stringify(told)], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout ?? child, 'data');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}

const isDone = ({ notified, deliveries, waitingEvents }: StoredState) =>
  notified === LAST_OPERATION &&
  waitingEvents === 0 &&
  deliveries.length > 0 &&
  deliveries.every((delivery) => delivery.endsWith(' delivered'));

async function finish(bench: Bench): Promise<StoredState> {
  const child = await startNotifier(bench, 0);
  try {
    await eventually('everything notified and delivered', async () => isDone(await storedState(bench.db)), 40_000);
  } finally {
    await kill(child);
  }
  return storedState(bench.db);
}

it('has the same notifications however often it is killed, and delivers each', { timeout: 180_000 }, async () => {
  const undisturbed = await makeBench();
  const expected = await finish(undisturbed);
  expect(expected.sets.length).toBeGreaterThan(5);
  expect(new Set(undisturbed.receiver.ids()).size).toBe(expected.sets.length);

  const killed = await makeBench();
  const seen: string[] = [];
  for (const aliveMs of [20, 150, 400, 650, 900, 650, 500, 800, 600]) {
    const child = await startNotifier(killed, 12);
    await delay(aliveMs);
    await kill(child);
    const { notified, deliveries } = await storedState(killed.db);
    seen.push(`${notified} ${deliveries.length} ${deliveries.filter((one) => one.endsWith('pending')).length}`);
  }
  // The kills were worth something: they found work half done, and posts that were not answered yet.
  expect(new Set(seen).size).toBeGreaterThan(2);
  expect(seen.some((state) => !state.endsWith(' 0'))).toBe(true);
  expect(await finish(killed)).toEqual(expected);
  expect(new Set(killed.receiver.ids())).toEqual(new Set(undisturbed.receiver.ids()));
});
