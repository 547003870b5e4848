import { setTimeout as sleep } from 'node:timers/promises';
import { Unavailable } from '@clair/model';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CopyRow } from './database.ts';
import { PooledDatabase } from './pooled-database.ts';
import { FaultyNetwork } from './testing/faulty-network.ts';

const PATIENCE = { controlMs: 400, copyIdleMs: 600 };
const COLUMNS = ['id', 'name'];

let testDatabase: TestDatabase;
let network: FaultyNetwork;
let db: PooledDatabase;
/** Not through the network. */
let direct: PooledDatabase;

beforeEach(async () => {
  testDatabase = await createTestDatabase();
  network = new FaultyNetwork(testDatabase.connstring);
  const options = { schema: 'app', applicationName: 'spec', poolMax: 1 };
  db = new PooledDatabase({ ...options, connstring: await network.open() }, PATIENCE);
  direct = new PooledDatabase({ ...options, connstring: testDatabase.connstring });
  await db.execute('create schema app; create table app.item (id int8, name text)');
});

afterEach(async () => {
  network.close();
  await db.close();
  await direct.close();
  await testDatabase.drop();
});

const items = async () => (await direct.query('select 1 from app.item')).length;
const copyIn = (rows: Iterable<CopyRow> | AsyncIterable<CopyRow>) =>
  db.transaction((tx) => tx.copyIn('app.item', COLUMNS, rows));

/** The pool has one place: it was given back, and not with the connection that went silent. */
async function expectUsable(): Promise<void> {
  network.heal();
  expect(await db.transaction((tx) => tx.query('select 1 as one'))).toEqual([{ one: 1 }]);
  expect(network.connections).toBe(2);
}

/** Rows of which the last ones meet a network that has gone silent, long after the COPY began. */
async function* rowsBeforeSilence(count: number, after: () => Iterable<CopyRow>): AsyncGenerator<CopyRow> {
  for (let id = 0; id < count; id++) yield [id, 'x'.repeat(100)];
  await sleep(100);
  network.silence();
  yield* after();
}

describe('a network that has gone silent makes the database unavailable', () => {
  it('before a transaction begins', async () => {
    network.silence();
    await expect(db.transaction(async () => 1)).rejects.toBeInstanceOf(Unavailable);
    await expectUsable();
  });

  it('while a transaction commits', async () => {
    const work = db.transaction(async (tx) => {
      await tx.execute("insert into app.item values (1, 'one')");
      network.silence();
    });
    await expect(work).rejects.toBeInstanceOf(Unavailable);
    await expectUsable();
    expect(await items(), 'the commit was lost').toBe(0);
  });

  it('when the answer to a commit is lost, though it was committed', async () => {
    const work = db.transaction(async (tx) => {
      await tx.execute("insert into app.item values (1, 'one')");
      network.silence('answers');
    });
    await expect(work).rejects.toBeInstanceOf(Unavailable);
    await expectUsable();
    expect(await items()).toBe(1);
  });

  it('while rows are copied', async () => {
    const many = function* (): Generator<CopyRow> {
      for (let id = 0; id < 300_000; id++) yield [id, 'x'.repeat(100)];
    };
    const copy = copyIn(rowsBeforeSilence(10_000, many));
    await expect(copy).rejects.toSatisfy((error) => error instanceof Unavailable);
    await expect(copy).rejects.toThrow('it took nothing of a COPY for 0.6 s');
    await expectUsable();
    expect(await items()).toBe(0);
  });

  it('when the last row was sent', async () => {
    await expect(copyIn(rowsBeforeSilence(10_000, () => []))).rejects.toBeInstanceOf(Unavailable);
    await expectUsable();
  });

  it('when the rows break off', async () => {
    const breaking = (): never => {
      throw new Error('the source broke');
    };
    await expect(copyIn(rowsBeforeSilence(10_000, breaking))).rejects.toThrow('the source broke');
    await expectUsable();
  });
});

describe('a COPY is not cut', () => {
  it('when its rows come slowly', async () => {
    async function* rows(): AsyncGenerator<CopyRow> {
      for (const id of [1, 2, 3]) {
        await sleep(PATIENCE.copyIdleMs * 1.2);
        // More than a chunk, so that each is sent when it comes.
        yield [id, 'x'.repeat(100_000)];
      }
    }
    expect(await copyIn(rows())).toBe(3);
  });

  it('when the network is slow, however long the whole takes', async () => {
    network.bytesPerSecond = 20_000_000;
    const startMs = performance.now();
    const rows = Array.from({ length: 500 }, (_, id): CopyRow => [id, 'x'.repeat(100_000)]);
    expect(await copyIn(rows)).toBe(500);
    expect(performance.now() - startMs).toBeGreaterThan(PATIENCE.copyIdleMs * 2);
  });

  it('nor the connection when it has ended, well or badly', async () => {
    expect(await copyIn([[1, 'one']])).toBe(1);
    await expect(copyIn([['no number', 'one']])).rejects.toHaveProperty('code', '22P02');
    await sleep(PATIENCE.copyIdleMs * 1.5);
    expect(await db.query('select 1 as one')).toEqual([{ one: 1 }]);
    expect(network.connections).toBe(1);
  });
});
