import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from './database.ts';
import { withLease } from './lease.ts';
import { silentLog } from './log.ts';
import { migrate } from './migrate.ts';
import { enqueue } from './outbox.ts';
import { startOutboxRelay } from './outbox-relay.ts';
import { platformMigrations } from './platform-migrations.ts';
import { openDatabase } from './pooled-database.ts';

const PORT = 20_000 + (process.pid % 10_000);
const available = spawnSync('pgbouncer', ['--version']).status === 0;

/** Two server connections for everybody, given to one transaction at a time. */
describe.skipIf(!available)(
  `through PgBouncer in transaction mode${available ? '' : ' (skipped: no pgbouncer on the PATH)'}`,
  () => {
    let testDatabase: TestDatabase;
    let pooler: ChildProcess;
    let directory: string;
    const opened: Database[] = [];

    beforeAll(async () => {
      testDatabase = await createTestDatabase();
      directory = await mkdtemp(join(tmpdir(), 'clair-pooler-'));
      await chmod(directory, 0o755);
      const { hostname, port, username, password, pathname } = new URL(testDatabase.connstring);
      const config = [
        '[databases]',
        `app = host=${hostname} port=${port} user=${username} password=${password} dbname=${pathname.slice(1)}`,
        '[pgbouncer]',
        ...['listen_addr = 127.0.0.1', `listen_port = ${PORT}`, 'unix_socket_dir =', 'auth_type = any'],
        ...['pool_mode = transaction', 'default_pool_size = 2', 'server_reset_query ='],
      ];
      await writeFile(join(directory, 'pgbouncer.ini'), `${config.join('\n')}\n`);
      const user = process.getuid?.() === 0 ? ['--user', 'nobody'] : [];
      pooler = spawn('pgbouncer', [...user, join(directory, 'pgbouncer.ini')], { stdio: 'ignore' });
    });

    afterAll(async () => {
      await Promise.all(opened.map((db) => db.close()));
      pooler.kill('SIGKILL');
      await once(pooler, 'exit');
      await testDatabase.drop();
      await rm(directory, { recursive: true, force: true });
    });

    function open(): Database {
      const connstring = `postgres://anybody@127.0.0.1:${PORT}/app`;
      const db = openDatabase({ connstring, schema: 'app', applicationName: 'spec', poolMax: 5 });
      opened.push(db);
      return db;
    }

    it('migrates, copies, reads by cursor, leases and relays', async () => {
      const db = open();
      await expect.poll(() => db.ping().then(() => 'up'), { timeout: 5_000 }).toBe('up');
      const replicas = [open(), open(), open()];
      const applied = await Promise.all(replicas.map((db) => migrate(db, platformMigrations)));
      expect(applied.flat()).toHaveLength(platformMigrations.length);
      const seen: string[] = [];
      const relays = replicas.map((one) =>
        startOutboxRelay({
          db: one,
          log: silentLog,
          pollMs: 50,
          leaseTtlMs: 500,
          publish: async ({ id }) => void seen.push(id),
        }),
      );
      await Promise.all(Array.from({ length: 20 }, (_, n) => useEverything(db, n)));
      await expect.poll(() => seen.length, { timeout: 5_000 }).toBe(20);
      await Promise.all(relays.map((relay) => relay.stop()));
      expect(await db.query('show statement_timeout')).toEqual([{ statement_timeout: '0' }]);
    });

    async function useEverything(db: Database, n: number): Promise<void> {
      await db.transaction(async (tx) => {
        await tx.execute('create temp table staged (id int) on commit drop');
        await tx.copyIn(
          'staged',
          ['id'],
          Array.from({ length: 500 }, (_, id) => [id]),
        );
        let sum = 0;
        for await (const row of tx.cursor<{ id: number }>('select id from pg_temp.staged where id >= $1', [0], 100))
          sum += row.id;
        expect(sum).toBe(124_750);
        await enqueue(tx, { id: `e${n}`, subject: 's', body: {} });
      });
      const outcome = await withLease(db, { name: `lease-${n}`, holder: 'a', ttlMs: 5_000 }, async () =>
        db.query('select $1::int as n', [n]),
      );
      expect(outcome).toEqual({ ran: true, value: [{ n }] });
    }
  },
);
