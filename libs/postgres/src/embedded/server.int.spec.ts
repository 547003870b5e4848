import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Unavailable } from '@clair/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../log.ts';
import { migrate } from '../migrate.ts';
import { enqueue } from '../outbox.ts';
import { startOutboxRelay } from '../outbox-relay.ts';
import { platformMigrations } from '../platform-migrations.ts';
import { openDatabase } from '../pooled-database.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { readPostmaster } from './postmaster-file.ts';
import { startEmbeddedPostgres } from './server.ts';

const SCRIPT = fileURLToPath(new URL('../bin/embedded-server.ts', import.meta.url));
let root: string;

beforeAll(async () => {
  // As mkdtemp makes it: only its owner, which may be root, can enter.
  root = await mkdtemp(join(tmpdir(), 'clair-embedded-'));
});

afterAll(() => rm(root, { recursive: true, force: true }));

/** A server run by another process, which the test may kill. */
async function startElsewhere(dataDir: string): Promise<{ child: ChildProcess; connstring: string }> {
  const child = spawn(process.execPath, [SCRIPT, dataDir, '--scratch'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  return { child, connstring: JSON.parse(String(line)).connstring };
}

async function ask(connstring: string, sql: string): Promise<unknown[]> {
  const db = openDatabase({ connstring, schema: 'app', applicationName: 'spec', poolMax: 1 });
  try {
    return await db.query(sql);
  } finally {
    await db.close();
  }
}

describe('startEmbeddedPostgres', () => {
  it('starts in a directory that only its owner can enter, changes nobody’s permissions, and keeps what was stored', async () => {
    expect((await stat(root)).mode & 0o777).toBe(0o700);
    const dataDir = join(root, 'kept');
    const first = await startEmbeddedPostgres({ dataDir, durable: false });
    await ask(first.connstring, 'create table public.t as select 1 as n');
    await first.stop();
    expect(await readPostmaster(join(dataDir, 'cluster'))).toBeUndefined();
    const second = await startEmbeddedPostgres({ dataDir, durable: false });
    expect(await ask(second.connstring, 'select n from public.t')).toEqual([{ n: 1 }]);
    await second.stop();
    await second.stop();
    expect((await stat(root)).mode & 0o777).toBe(0o700);
    expect((await stat(join(dataDir, 'password'))).mode & 0o777).toBe(0o600);
  });

  it('is a server as we want it', async () => {
    const server = await startEmbeddedPostgres({ dataDir: join(root, 'settings') });
    const names = [
      'server_encoding',
      'listen_addresses',
      'jit',
      'synchronous_commit',
      'fsync',
      'shared_buffers',
      'TimeZone',
    ];
    const settings = await ask(
      server.connstring,
      `select name, current_setting(name) as value from unnest('{${names}}'::text[]) name`,
    );
    expect(settings).toEqual([
      { name: 'server_encoding', value: 'UTF8' },
      { name: 'listen_addresses', value: '127.0.0.1' },
      { name: 'jit', value: 'off' },
      { name: 'synchronous_commit', value: 'on' },
      { name: 'fsync', value: 'on' },
      { name: 'shared_buffers', value: '128MB' },
      { name: 'TimeZone', value: 'UTC' },
    ]);
    expect(await ask(server.connstring, "select 'B' < 'a' as bytewise, upper('é') as upper")).toEqual([
      { bytewise: true, upper: 'É' },
    ]);
    const wrong = server.connstring.replace(/:[0-9a-f]{48}@/, ':wrong@');
    await expect(ask(wrong, 'select 1')).rejects.toHaveProperty('code', '28P01');
    await server.stop();
  });

  it('is shared by processes that come at once, and stops when the last has left', async () => {
    const dataDir = join(root, 'shared');
    const [here, other, third] = await Promise.all([
      startEmbeddedPostgres({ dataDir, durable: false }),
      startElsewhere(dataDir),
      startElsewhere(dataDir),
    ]);
    expect([other.connstring, third.connstring]).toEqual([here.connstring, here.connstring]);
    other.child.stdin?.end();
    await once(other.child, 'exit');
    third.child.kill('SIGKILL');
    await once(third.child, 'exit');
    await sleep(300);
    expect(await ask(here.connstring, 'select 1 as one')).toEqual([{ one: 1 }]);
    await here.stop();
    expect(await readPostmaster(join(dataDir, 'cluster'))).toBeUndefined();
  });

  it('stops when the only process that uses it is killed, and starts again', async () => {
    const dataDir = join(root, 'orphan');
    const { child } = await startElsewhere(dataDir);
    child.kill('SIGKILL');
    await expect.poll(() => readPostmaster(join(dataDir, 'cluster')), { timeout: 10_000 }).toBeUndefined();
    const again = await startEmbeddedPostgres({ dataDir, durable: false });
    await again.stop();
  });

  it('starts after the server was killed, and after its process number went to another process', async () => {
    const dataDir = join(root, 'crashed');
    const cluster = join(dataDir, 'cluster');
    const first = await startEmbeddedPostgres({ dataDir, durable: false });
    await ask(first.connstring, 'create table public.t as select 1 as n');
    process.kill((await readPostmaster(cluster))?.pid ?? 0, 'SIGKILL');
    await expect.poll(() => readPostmaster(cluster)).toBeUndefined();
    const file = await readFile(join(cluster, 'postmaster.pid'), 'utf8');
    await writeFile(join(cluster, 'postmaster.pid'), file.replace(/^\d+/, String(process.pid)));
    const second = await startEmbeddedPostgres({ dataDir, durable: false });
    expect(await ask(second.connstring, 'select n from public.t')).toEqual([{ n: 1 }]);
    await Promise.all([first.stop(), second.stop()]);
  });

  it('makes a whole cluster where an earlier attempt was killed half-way', async () => {
    const dataDir = join(root, 'half');
    await mkdir(join(dataDir, 'cluster.making-2147483646-00'), { recursive: true });
    const server = await startEmbeddedPostgres({ dataDir, durable: false });
    await server.stop();
    await expect(stat(join(dataDir, 'cluster.making-2147483646-00'))).rejects.toHaveProperty('code', 'ENOENT');
  });

  it('says in one line what is wrong with data of another version', async () => {
    const dataDir = join(root, 'version');
    await cp(join(root, 'half'), dataDir, { recursive: true });
    await writeFile(join(dataDir, 'cluster', 'PG_VERSION'), '12\n');
    const refused = startEmbeddedPostgres({ dataDir });
    await expect(refused).rejects.toBeInstanceOf(EmbeddedPostgresError);
    await expect(refused).rejects.toThrow(/^[^\n]*PostgreSQL 12[^\n]*$/);
  });

  it('says in one line that the port is taken', async () => {
    const dataDir = join(root, 'half');
    const server = await startEmbeddedPostgres({ dataDir: join(root, 'kept'), durable: false });
    const port = Number(new URL(server.connstring).port);
    await expect(startEmbeddedPostgres({ dataDir, port })).rejects.toThrow(
      /^[^\n]*Address already in use|could not create any TCP\/IP sockets[^\n]*$/,
    );
    await server.stop();
  });

  it.skipIf(process.getuid?.() !== 0)('as root, leaves a directory above it closed to others', async () => {
    const closed = join(root, 'closed');
    await mkdir(closed, { mode: 0o700 });
    await chmod(closed, 0o700);
    const server = await startEmbeddedPostgres({ dataDir: join(closed, 'deep', 'data'), durable: false });
    await server.stop();
    expect((await stat(closed)).mode & 0o777).toBe(0o700);
    expect((await stat(closed)).uid).toBe(0);
  });
});

describe('a server that goes away in the middle', () => {
  it('is unavailable while it is away; afterwards the same pool and relay go on, and nothing is lost', async () => {
    const dataDir = join(root, 'restarted');
    const first = await startEmbeddedPostgres({ dataDir });
    const port = Number(new URL(first.connstring).port);
    const db = openDatabase({ connstring: first.connstring, schema: 'app', applicationName: 'spec', poolMax: 3 });
    await migrate(db, platformMigrations);
    const seen = new Set<string>();
    const relay = startOutboxRelay({
      db,
      log: silentLog,
      pollMs: 50,
      leaseTtlMs: 400,
      publish: async ({ id }) => void seen.add(id),
    });
    const write = (id: string) => db.transaction((tx) => enqueue(tx, { id, subject: 's', body: {} }));
    for (let n = 0; n < 50; n += 1) await write(`before-${n}`);
    process.kill((await readPostmaster(join(dataDir, 'cluster')))?.pid ?? 0, 'SIGQUIT');
    await expect.poll(() => readPostmaster(join(dataDir, 'cluster'))).toBeUndefined();
    await expect(write('while')).rejects.toBeInstanceOf(Unavailable);
    const second = await startEmbeddedPostgres({ dataDir, port });
    for (let n = 0; n < 50; n += 1) await write(`after-${n}`);
    await expect.poll(() => seen.size, { timeout: 20_000 }).toBe(100);
    // The last row is deleted after its event was published.
    await expect.poll(() => db.query('select 1 from app.outbox'), { timeout: 20_000 }).toEqual([]);
    await relay.stop();
    await db.close();
    await Promise.all([first.stop(), second.stop()]);
  });
});
