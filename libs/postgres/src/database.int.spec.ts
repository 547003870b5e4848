import { Bug, Unavailable } from '@clair/model';
import { createRandom } from '@clair/testing';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CopyRow, Database } from './database.ts';
import { silentLog } from './log.ts';
import { openDatabase } from './pooled-database.ts';

let testDatabase: TestDatabase;
let db: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  db = openDatabase({ connstring: testDatabase.connstring, schema: 'app', applicationName: 'spec', poolMax: 3 });
  await db.execute('create schema app; create table app.item (id int8 primary key, name text)');
});

afterAll(async () => {
  await db.close();
  await testDatabase.drop();
});

describe('values', () => {
  it('come back as documented', async () => {
    const [row] = await db.query(
      `select 9007199254740991::int8 as big, array[1, null]::int8[] as bigs, 1.50::numeric as exact, '{"a":1}'::jsonb as doc,
              '2024-01-02T03:04:05Z'::timestamptz as at, '\\x00ff'::bytea as bytes, array['a','b'] as texts`,
    );
    expect(row).toEqual({
      big: 9007199254740991,
      bigs: [1, null],
      exact: '1.50',
      doc: { a: 1 },
      at: new Date('2024-01-02T03:04:05Z'),
      bytes: Buffer.from([0, 255]),
      texts: ['a', 'b'],
    });
  });

  it('go out as documented', async () => {
    const sent = [new Uint8Array([0, 92]), ['a"b', '\\'], { a: [1] }, 5n];
    const [row] = await db.query(
      'select $1::bytea as bytes, $2::text[] as texts, $3::jsonb as doc, $4::int8 as big',
      sent,
    );
    expect(row).toEqual({ bytes: Buffer.from([0, 92]), texts: ['a"b', '\\'], doc: { a: [1] }, big: 5 });
  });

  it('refuse an int8 that a number cannot hold', async () => {
    await expect(db.query('select 9007199254740993::int8')).rejects.toThrow('beyond 2^53');
    await expect(db.query('select 1 as one')).resolves.toEqual([{ one: 1 }]);
  });
});

describe('transaction', () => {
  it('commits what the work did', async () => {
    const value = await db.transaction(async (tx) => {
      await tx.execute('insert into app.item values (1, $1)', ['one']);
      return tx.schema;
    });
    expect(value).toBe('app');
    expect(await db.query('select name from app.item where id = 1')).toEqual([{ name: 'one' }]);
  });

  it('rolls back and rejects with the error of the work', async () => {
    const error = new Error('mine');
    const work = db.transaction(async (tx) => {
      await tx.execute("insert into app.item values (2, 'two')");
      throw error;
    });
    await expect(work).rejects.toBe(error);
    expect(await db.query('select 1 from app.item where id = 2')).toEqual([]);
  });

  it('does not pretend to have committed when the work ignored a failed statement', async () => {
    const work = db.transaction(async (tx) => {
      await tx.execute("insert into app.item values (3, 'three')");
      await tx.execute('select 1/0').catch(() => undefined);
    });
    await expect(work).rejects.toBeInstanceOf(Bug);
    expect(await db.query('select 1 from app.item where id = 3')).toEqual([]);
  });

  it('cannot be used after its end', async () => {
    const tx = await db.transaction(async (inside) => inside);
    await expect(tx.query('select 1')).rejects.toBeInstanceOf(Bug);
  });

  it('sees one snapshot with repeatable read, and writes nothing when read only', async () => {
    await db
      .transaction(
        async (tx) => {
          const before = await tx.query('select count(*) from app.item');
          await db.execute("insert into app.item values (4, 'four')");
          expect(await tx.query('select count(*) from app.item')).toEqual(before);
          await expect(tx.execute("insert into app.item values (5, 'five')")).rejects.toHaveProperty('code', '25006');
          throw new Error('roll back');
        },
        { isolation: 'repeatable read', readOnly: true },
      )
      .catch((error) => expect(error.message).toBe('roll back'));
  });

  it('leaves no setting behind on the connection', async () => {
    await db.transaction(
      async (tx) => {
        expect(await tx.query('show statement_timeout')).toEqual([{ statement_timeout: '77ms' }]);
      },
      { statementTimeoutMs: 77 },
    );
    const shown = await Promise.all([1, 2, 3].map(() => db.query('show statement_timeout')));
    expect(shown.flat()).toEqual([1, 2, 3].map(() => ({ statement_timeout: '0' })));
  });
});

describe('unavailability', () => {
  it('of a server that is not there', async () => {
    const away = openDatabase({ connstring: 'postgres://x@127.0.0.1:1/x', schema: 'app', applicationName: 'spec' });
    await expect(away.query('select 1')).rejects.toBeInstanceOf(Unavailable);
    await expect(away.transaction(async () => 1)).rejects.toBeInstanceOf(Unavailable);
    await expect(away.ping()).rejects.toBeInstanceOf(Unavailable);
    await away.close();
  });

  it('of a connection that is cut in the middle, after which the next call works', async () => {
    const cut = db.transaction(async (tx) => {
      const [me] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
      await db.query('select pg_terminate_backend($1)', [me?.pid]);
      await tx.query('select 1');
    });
    await expect(cut).rejects.toBeInstanceOf(Unavailable);
    await expect(db.ping()).resolves.toBeUndefined();
  });

  it('of an idle connection is logged in words, without what the connection knows', async () => {
    const logged: object[] = [];
    const log = { ...silentLog, warn: (fields: object) => void logged.push(fields) };
    const lost = openDatabase({ connstring: testDatabase.connstring, schema: 'app', applicationName: 'lost', log });
    await lost.ping();
    await db.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'lost'");
    await expect.poll(() => logged).toHaveLength(1);
    expect(logged[0]).toEqual({ reason: expect.stringMatching(/terminat/), schema: 'app' });
    await lost.close();
  });

  it('of idle connections that are cut is over as soon as the pool has noticed', async () => {
    const admin = openDatabase({ connstring: testDatabase.connstring, schema: 'app', applicationName: 'admin' });
    await Promise.all([1, 2, 3].map(() => db.query('select pg_sleep(0.01)')));
    const cut = await admin.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'spec'",
    );
    expect(cut.length).toBeGreaterThan(1);
    await expect.poll(() => admin.query("select 1 from pg_stat_activity where application_name = 'spec'")).toEqual([]);
    await admin.close();
    // The server has let them go; the news of it may still be on its way to the pool, and is the answer until then.
    const outcome = async () => {
      const answers = await Promise.allSettled([1, 2, 3].map(() => db.query('select 1 as one')));
      return answers.map((answer) => (answer.status === 'fulfilled' ? 'answered' : answer.reason.constructor));
    };
    const first = await outcome();
    for (const one of first) expect(['answered', Unavailable]).toContain(one);
    await expect.poll(outcome).toEqual(['answered', 'answered', 'answered']);
  });

  it('when a statement takes too long', async () => {
    const slow = db.transaction((tx) => tx.query('select pg_sleep(5)'), { statementTimeoutMs: 50 });
    await expect(slow).rejects.toBeInstanceOf(Unavailable);
  });

  it('is not claimed for an error in the SQL', async () => {
    await expect(db.query('selec 1')).rejects.not.toBeInstanceOf(Unavailable);
  });
});

describe('cursor', () => {
  it('reads everything in batches, with parameters, while other statements run', async () => {
    const seen = await db.transaction(async (tx) => {
      const numbers: number[] = [];
      for await (const row of tx.cursor<{ n: number }>('select n from generate_series(1, $1::int) n', [25], 10)) {
        await tx.query('select 1');
        numbers.push(row.n);
      }
      return numbers;
    });
    expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
  });

  it('may be left early, and another opened', async () => {
    await db.transaction(async (tx) => {
      for await (const row of tx.cursor('select 1 from generate_series(1, 100)', [], 10)) {
        expect(row).toBeDefined();
        break;
      }
      expect(await tx.query('select name from pg_cursors')).toEqual([]);
      for await (const row of tx.cursor('select 2 as two')) expect(row).toEqual({ two: 2 });
    });
  });
});

describe('copyIn', () => {
  const COLUMNS = ['n', 't', 'f', 'b', 'bin', 'at', 'texts', 'numbers'];

  it('round-trips whatever text and bytes hold', async () => {
    await db.execute(
      `create table app.copied (n int, t text, f float8, b bool, bin bytea, at timestamptz, texts text[], numbers int8[])`,
    );
    const random = createRandom(20240607);
    const text = () => random.text('ab \\\t\n\r"\'{},.N\u0001\u007fé漢🜚\u2028', random.int(0, 12));
    const rows = Array.from(
      { length: 3_000 },
      (_, n): CopyRow => [
        n,
        random.int(0, 9) === 0 ? null : text(),
        random.pick([0, -0.1, 1e300, 5e-324, random.next()]),
        random.pick([true, false, null]),
        random.bytes(random.int(0, 40)),
        new Date(random.int(0, 4_000_000_000) * 1000),
        Array.from({ length: random.int(0, 4) }, text),
        Array.from({ length: random.int(0, 4) }, () => random.int(-5, 2 ** 40)),
      ],
    );
    const copied = await db.transaction((tx) => tx.copyIn('app.copied', COLUMNS, rows));
    expect(copied).toBe(rows.length);
    const stored = await db.query<Record<string, unknown>>('select * from app.copied order by n');
    expect(stored.map((row) => COLUMNS.map((column) => plain(row[column])))).toEqual(rows.map((row) => row.map(plain)));
  });

  it('takes rows as they come, into a temporary table, and more than fits any buffer', async () => {
    async function* rows() {
      for (let n = 0; n < 200_000; n += 1) yield [n, 'x'.repeat(50)] as const;
    }
    await db.transaction(async (tx) => {
      await tx.execute('create temp table staged (id int8, name text) on commit drop');
      expect(await tx.copyIn('staged', ['id', 'name'], rows())).toBe(200_000);
      expect(await tx.query('select count(*) as n, sum(length(name)) as bytes from pg_temp.staged')).toEqual([
        { n: 200_000, bytes: 10_000_000 },
      ]);
    });
  });

  it('rejects with the error of its rows, and the connection stays usable', async () => {
    const error = new Error('the source broke');
    function* rows(): Generator<CopyRow> {
      for (let n = 1000; n < 9000; n += 1) yield [n, 'some text to fill a chunk with'];
      throw error;
    }
    await expect(db.transaction((tx) => tx.copyIn('app.item', ['id', 'name'], rows()))).rejects.toBe(error);
    expect(await db.query('select 1 from app.item where id = 1000')).toEqual([]);
  });

  it('rejects with what the server says of a row', async () => {
    const twice: CopyRow[] = [
      [77, 'a'],
      [77, 'b'],
    ];
    await expect(db.transaction((tx) => tx.copyIn('app.item', ['id', 'name'], twice))).rejects.toHaveProperty(
      'code',
      '23505',
    );
    await expect(db.transaction((tx) => tx.copyIn('app.absent', ['id'], []))).rejects.toHaveProperty('code', '42P01');
  });

  it('is unavailable when the connection is cut meanwhile', async () => {
    const cut = db.transaction(async (tx) => {
      const [me] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
      async function* rows(): AsyncGenerator<CopyRow> {
        for (let n = 100_000; n < 400_000; n += 1) {
          if (n === 110_000) await db.query('select pg_terminate_backend($1)', [me?.pid]);
          yield [n, 'some text to fill a chunk with'];
        }
      }
      await tx.copyIn('app.item', ['id', 'name'], rows());
    });
    await expect(cut).rejects.toBeInstanceOf(Unavailable);
    await expect(db.ping()).resolves.toBeUndefined();
  });
});

/** Comparable: bytes and dates as text. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return value instanceof Date ? value.toISOString() : value;
}
