import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createRandom } from '@clair/testing';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from './database.ts';
import { silentLog } from './log.ts';
import { migrate } from './migrate.ts';
import { enqueue, firstSeen, type OutboxEvent, pruneInbox } from './outbox.ts';
import { type OutboxRelay, startOutboxRelay } from './outbox-relay.ts';
import { platformMigrations } from './platform-migrations.ts';
import { openDatabase } from './pooled-database.ts';

const RELAY_PROCESS = fileURLToPath(new URL('./fixtures/relay-process.ts', import.meta.url));

let testDatabase: TestDatabase;
let db: Database;
let relays: OutboxRelay[];

beforeEach(async () => {
  testDatabase = await createTestDatabase();
  db = openDatabase({ connstring: testDatabase.connstring, schema: 'app', applicationName: 'spec', poolMax: 8 });
  await migrate(db, platformMigrations);
  relays = [];
});

afterEach(async () => {
  await Promise.all(relays.map((relay) => relay.stop()));
  await db.close();
  await testDatabase.drop();
});

const eventOf = (n: number): OutboxEvent => ({ id: `e${n}`, subject: 'test.happened', body: { n, text: 'a\u0000"b' } });
const write = (n: number) => db.transaction((tx) => enqueue(tx, eventOf(n)));
const waiting = () => db.query<{ id: string }>('select id from app.outbox order by seq');

function relay(publish: (event: OutboxEvent) => Promise<void>, options: { pollMs?: number } = {}): OutboxRelay {
  const started = startOutboxRelay({ db, publish, log: silentLog, pollMs: 50, leaseTtlMs: 500, ...options });
  relays.push(started);
  return started;
}

describe('the outbox', () => {
  it('holds an event if, and only if, the transaction commits, and once', async () => {
    await write(1);
    await write(1);
    await db
      .transaction(async (tx) => {
        await enqueue(tx, eventOf(2));
        throw new Error('roll back');
      })
      .catch(() => undefined);
    expect(await waiting()).toEqual([{ id: 'e1' }]);
  });

  it('is published in order, whole, and emptied', async () => {
    for (let n = 0; n < 250; n += 1) await write(n);
    const seen: OutboxEvent[] = [];
    relay(async (event) => void seen.push(event));
    await expect.poll(waiting, { timeout: 5_000 }).toEqual([]);
    expect(seen).toEqual(Array.from({ length: 250 }, (_, n) => eventOf(n)));
  });

  it('is looked at when a commit announces an event, long before the next poll', async () => {
    const seen: string[] = [];
    relay(async (event) => void seen.push(event.id), { pollMs: 60_000 });
    await sleep(300);
    await write(1);
    await expect.poll(() => seen, { timeout: 2_000 }).toEqual(['e1']);
  });

  it('tries an event again, in its place, until it is published', async () => {
    for (let n = 0; n < 4; n += 1) await write(n);
    const seen: string[] = [];
    let failures = 3;
    relay(async (event) => {
      if (event.id === 'e2' && failures-- > 0) throw new Error('the bus is away');
      seen.push(event.id);
    });
    await expect.poll(waiting, { timeout: 5_000 }).toEqual([]);
    expect(seen).toEqual(['e0', 'e1', 'e2', 'e3']);
  });

  it('loses no event of a transaction that commits after later ones were published', async () => {
    const seen: string[] = [];
    relay(async (event) => void seen.push(event.id));
    await db.transaction(async (slow) => {
      await enqueue(slow, eventOf(1));
      await write(2);
      await expect.poll(() => seen, { timeout: 3_000 }).toEqual(['e2']);
    });
    await expect.poll(() => seen, { timeout: 3_000 }).toEqual(['e2', 'e1']);
  });

  it('has one relay at a time, and another takes over when it stops', async () => {
    const by: string[] = [];
    const first = relay(async () => void by.push('first'));
    await sleep(200);
    relay(async () => void by.push('second'));
    await write(1);
    await expect.poll(waiting, { timeout: 3_000 }).toEqual([]);
    await first.stop();
    await write(2);
    await expect.poll(waiting, { timeout: 3_000 }).toEqual([]);
    expect(by).toEqual(['first', 'second']);
  });

  it('survives its relay being killed at any moment: nothing is lost, and the order of first sights is kept', async () => {
    await db.execute('create table app.published (n bigint generated always as identity, event_id text, body json)');
    const random = createRandom(7);
    let written = 0;
    for (let round = 0; round < 8; round += 1) {
      const child = spawn(process.execPath, [RELAY_PROCESS, testDatabase.connstring], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      const stopAtMs = performance.now() + random.int(300, 700);
      while (performance.now() < stopAtMs) await write(written++);
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    relay(async (event) => void (await db.execute('insert into app.published (event_id) values ($1)', [event.id])));
    await expect.poll(waiting, { timeout: 10_000 }).toEqual([]);
    const rows = await db.query<{ event_id: string }>(
      'select event_id from app.published group by event_id order by min(n)',
    );
    expect(rows.map((row) => row.event_id)).toEqual(Array.from({ length: written }, (_, n) => `e${n}`));
  });
});

describe('the inbox', () => {
  it('knows an event from the commit on, per subscriber, until it is pruned', async () => {
    const see = (subscriber: string) => db.transaction((tx) => firstSeen(tx, { id: 'e1', subscriber }));
    await db
      .transaction(async (tx) => {
        expect(await firstSeen(tx, { id: 'e1', subscriber: 'a' })).toBe(true);
        throw new Error('roll back');
      })
      .catch(() => undefined);
    expect([await see('a'), await see('a'), await see('b')]).toEqual([true, false, true]);
    expect(await pruneInbox(db, 60_000)).toBe(0);
    expect(await pruneInbox(db, 0)).toBe(2);
  });

  it('lets one of two concurrent deliveries carry an event out', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 6 }, () => db.transaction((tx) => firstSeen(tx, { id: 'e9', subscriber: 'a' }))),
    );
    expect(outcomes.filter(Boolean)).toHaveLength(1);
  });
});
