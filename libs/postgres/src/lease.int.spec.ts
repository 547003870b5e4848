import { setTimeout as sleep } from 'node:timers/promises';
import { Unavailable } from '@clair/model';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from './database.ts';
import { withLease } from './lease.ts';
import { migrate } from './migrate.ts';
import { platformMigrations } from './platform-migrations.ts';
import { openDatabase } from './pooled-database.ts';

let testDatabase: TestDatabase;
let db: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  db = openDatabase({ connstring: testDatabase.connstring, schema: 'app', applicationName: 'spec' });
  await migrate(db, platformMigrations);
});

afterAll(async () => {
  await db.close();
  await testDatabase.drop();
});

const until = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

describe('withLease', () => {
  it('runs one at a time, also for callers of the same name, and is free at once afterwards', async () => {
    const options = { name: 'one', holder: 'me', ttlMs: 60_000 };
    const outer = await withLease(db, options, async () => {
      expect(await withLease(db, { ...options, name: 'other' }, async () => 'ran')).toEqual({
        ran: true,
        value: 'ran',
      });
      return withLease(db, options, async () => 'must not run');
    });
    expect(outer).toEqual({ ran: true, value: { ran: false } });
    expect(await withLease(db, options, async () => 'again')).toEqual({ ran: true, value: 'again' });
  });

  it('never has two holders, however many try', async () => {
    let holders = 0;
    let most = 0;
    let turns = 0;
    const contend = async (holder: string) => {
      const endMs = performance.now() + 1_500;
      while (performance.now() < endMs) {
        const outcome = await withLease(db, { name: 'contended', holder, ttlMs: 300 }, async () => {
          holders += 1;
          turns += 1;
          most = Math.max(most, holders);
          await sleep(5);
          holders -= 1;
        });
        if (!outcome.ran) await sleep(1);
      }
    };
    await Promise.all(['a', 'b', 'c', 'd'].map(contend));
    expect(most).toBe(1);
    expect(turns).toBeGreaterThan(20);
  });

  it('is renewed for as long as the work runs', async () => {
    const outcome = await withLease(db, { name: 'long', holder: 'a', ttlMs: 300 }, async (signal) => {
      const tries = [];
      for (let n = 0; n < 6; n += 1) {
        await sleep(200);
        tries.push(await withLease(db, { name: 'long', holder: 'b', ttlMs: 300 }, async () => 'stolen'));
      }
      return { aborted: signal.aborted, stolen: tries.filter((one) => one.ran).length };
    });
    expect(outcome).toEqual({ ran: true, value: { aborted: false, stolen: 0 } });
  });

  it('aborts the work when another has taken it, and leaves the row to the other', async () => {
    const outcome = await withLease(db, { name: 'taken', holder: 'a', ttlMs: 600 }, async (signal) => {
      await db.execute("update app.lease set token = gen_random_uuid(), holder = 'thief' where name = 'taken'");
      await until(signal);
      return (signal.reason as Error).message; // Safety: the lease aborts with an Error.
    });
    expect(outcome).toEqual({ ran: true, value: expect.stringContaining('another holder took it') });
    expect(await db.query("select holder from app.lease where name = 'taken'")).toEqual([{ holder: 'thief' }]);
  });

  it('aborts the work before the row expires when the database stays away', async () => {
    const own = openDatabase({
      connstring: testDatabase.connstring,
      schema: 'app',
      applicationName: 'spec',
      poolMax: 2,
    });
    const remainingMs = await withLease(own, { name: 'away', holder: 'a', ttlMs: 900 }, async (signal) => {
      await own.close();
      await until(signal);
      const [row] = await db.query<{ ms: number }>(
        "select (extract(epoch from expires_at - clock_timestamp()) * 1000)::int as ms from app.lease where name = 'away'",
      );
      return row?.ms;
    });
    if (!remainingMs.ran) throw new Error('the lease was free');
    // Ends with the row, not with the next answer of the database; the width is for a busy machine.
    expect(Math.abs(remainingMs.value ?? Number.NaN)).toBeLessThan(300);
  });

  it('of a holder that died is free when it expires', async () => {
    await db.execute(
      "insert into app.lease values ('dead', 'gone', gen_random_uuid(), now(), clock_timestamp() + interval '400 milliseconds')",
    );
    const take = () => withLease(db, { name: 'dead', holder: 'heir', ttlMs: 300 }, async () => 'mine');
    expect(await take()).toEqual({ ran: false });
    await expect.poll(take, { timeout: 2_000 }).toEqual({ ran: true, value: 'mine' });
  });

  it('ends with the work that throws, and with the signal of the caller', async () => {
    const options = { name: 'ends', holder: 'a', ttlMs: 60_000 };
    await expect(withLease(db, options, () => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
    const caller = new AbortController();
    const waiting = withLease(db, { ...options, signal: caller.signal }, until);
    setTimeout(() => caller.abort(), 20);
    expect(await waiting).toEqual({ ran: true, value: undefined });
    await expect(withLease(db, { ...options, signal: caller.signal }, until)).rejects.toHaveProperty(
      'name',
      'AbortError',
    );
    expect(await db.query("select 1 from app.lease where name = 'ends'")).toEqual([]);
  });

  it('rejects when there is no database to ask', async () => {
    const away = openDatabase({ connstring: 'postgres://x@127.0.0.1:1/x', schema: 'app', applicationName: 'spec' });
    const work = async () => 'must not run';
    await expect(withLease(away, { name: 'x', holder: 'a', ttlMs: 300 }, work)).rejects.toBeInstanceOf(Unavailable);
    await away.close();
  });
});
