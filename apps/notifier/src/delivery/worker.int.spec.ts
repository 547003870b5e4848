import { setTimeout as delay } from 'node:timers/promises';
import { invariant } from '@clair/model';
import type { Database } from '@clair/postgres';
import { createLogger, createMetrics } from '@clair/service-kit';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createNotifierMetrics } from '../notifier-metrics.ts';
import { type ClaimedDelivery, finishAttempt } from '../store/deliveries.ts';
import { claimForSubscriptions, nextDueForSubscriptionsMs, type Standing } from '../store/subscription-deliveries.ts';
import { eventually } from '../testing/eventually.ts';
import { openNotifierDatabase } from '../testing/notifier-database.ts';
import type { AttemptResult } from './outcome.ts';
import { ATTEMPT_BYTES_MAX, Room } from './room.ts';
import { DeliveryWorker } from './worker.ts';

let own: TestDatabase;
let db: Database;
let replicas: Replica[];

beforeEach(async () => {
  own = await createTestDatabase();
  db = await openNotifierDatabase(own.connstring);
  replicas = [];
});

afterEach(async () => {
  await Promise.all(replicas.map((replica) => replica.stop()));
  await db.close();
  await own.drop();
});

/** A worker whose attempts hang until the test ends them. */
class Replica {
  looks = 0;
  readonly attempted: string[] = [];
  readonly #end: (() => void)[] = [];
  readonly #worker: DeliveryWorker;

  constructor() {
    this.#worker = new DeliveryWorker({
      db,
      log: createLogger({ level: 'fatal', name: 'test' }),
      metrics: createNotifierMetrics(createMetrics({ processMetrics: false })),
      clock: Date.now,
      random: () => 0,
      queue: {
        target: 'subscription',
        room: new Room(32 * ATTEMPT_BYTES_MAX),
        claim: (database, request) => {
          this.looks += 1;
          return claimForSubscriptions(database, 'steady', request);
        },
        nextDueMs: (database, nowMs) => nextDueForSubscriptionsMs(database, 'steady', nowMs),
        attempt: (delivery) => this.#attempt(delivery),
      },
    });
    this.#worker.start();
    replicas.push(this);
  }

  #attempt({ id }: ClaimedDelivery): Promise<AttemptResult> {
    this.attempted.push(id);
    return new Promise((resolve) => this.#end.push(() => resolve({ kind: 'published' })));
  }

  endOne(): void {
    this.#end.shift()?.();
  }

  async stop(): Promise<void> {
    while (this.#end.length > 0) this.endOne();
    await this.#worker.stop();
  }
}

async function owe(subscription: string, deliveries: number): Promise<void> {
  await db.execute(
    `insert into notifier.subscription (id, name, target, filter, created_at)
     values (notifier.content_uuid($1), $1, '{}', '{}', now())`,
    [subscription],
  );
  await db.execute(
    `insert into notifier.delivery (id, target, state, next_attempt_at, created_at, subscription_id, filter)
     select gen_random_uuid(), 'subscription', 'pending', now() - interval '1 minute', now(), notifier.content_uuid($1), '{}'
     from generate_series(1, $2)`,
    [subscription, deliveries],
  );
}

it('sleeps while a subscription has as many attempts as it may, and goes on when one ends', async () => {
  await owe('hangs', 4);
  const replica = new Replica();
  await eventually('two begun', () => replica.attempted.length === 2);
  await delay(500);
  expect(replica.looks).toBeLessThanOrEqual(3);
  replica.endOne();
  await eventually('the next begun', () => replica.attempted.length === 3, 5000);
  replica.endOne();
  await eventually('the last begun', () => replica.attempted.length === 4, 5000);
});

it('sleeps while the attempts are another replica’s, which goes on with the next', async () => {
  await owe('hangs', 3);
  const busy = new Replica();
  await eventually('two begun', () => busy.attempted.length === 2);
  const idle = new Replica();
  await eventually('looked', () => idle.looks > 0);
  await delay(500);
  expect([idle.attempted.length, idle.looks]).toEqual([0, 1]);
  busy.endOne();
  await eventually('the next begun', () => busy.attempted.length === 3, 5000);
});

it('takes over when the claims of a process that died run out', async () => {
  await owe('hangs', 3);
  const claimed = await claimForSubscriptions(db, 'steady', {
    claim: '00000000-0000-4000-8000-000000000001',
    limit: 32,
    nowMs: Date.now(),
    visibilityMs: 1000,
  });
  expect(claimed).toHaveLength(2);
  const replica = new Replica();
  await eventually('taken over', () => replica.attempted.length === 2, 5000);
  expect(replica.looks).toBeLessThanOrEqual(6);
});

it('is not kept from one subscription by another at its limit', async () => {
  await owe('hangs', 3);
  const replica = new Replica();
  await eventually('two begun', () => replica.attempted.length === 2);
  const soonMs = Date.now() + 800;
  await owe('fine', 1);
  await db.execute(
    `update notifier.delivery set next_attempt_at = $1 where subscription_id = notifier.content_uuid('fine')`,
    [new Date(soonMs)],
  );
  expect(await nextDueForSubscriptionsMs(db, 'steady', Date.now())).toBe(soonMs);
});

it('keeps apart those who fail and those who do not, and counts the attempts of both', async () => {
  const request = { claim: '00000000-0000-4000-8000-000000000001', limit: 32, visibilityMs: 60_000 };
  const claim = (standing: Standing) => claimForSubscriptions(db, standing, { ...request, nowMs: Date.now() });
  await owe('fails', 3);
  const [first] = await claim('steady');
  invariant(first !== undefined, 'something is due');
  await finishAttempt(db, first, { outcome: { kind: 'retry', waitMs: 60_000, error: 'x' }, nowMs: Date.now() });
  await owe('fine', 1);
  expect(await nextDueForSubscriptionsMs(db, 'failing', Date.now())).toBeLessThan(Date.now());
  expect(await claim('steady')).toHaveLength(1);
  // The second of those that were claimed while it was steady is in hand: there is room for one.
  expect(await claim('failing')).toHaveLength(1);
  expect(await claim('failing')).toHaveLength(0);
});
