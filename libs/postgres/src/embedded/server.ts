import type { ChildProcess } from 'node:child_process';
import { open, readFile, stat, truncate } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Log, silentLog } from '../log.ts';
import { CLUSTER_USER, ensureCluster, readPassword } from './cluster.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { type Installation, prepareInstallation } from './installation.ts';
import { type Postmaster, readPostmaster, removeStalePostmasterFile } from './postmaster-file.ts';
import { serverArguments } from './settings.ts';
import { beginUsage } from './usage.ts';

const DATABASE = 'clair';
const START_ATTEMPTS = 4;
/** Recovery after a crash replays up to max_wal_size. */
const READY_TIMEOUT_MS = 300_000;
const FAST_STOP_MS = 20_000;
const POLL_MS = 25;
const LOG_BYTES_MAX = 16 * 1024 * 1024;

export interface EmbeddedPostgresOptions {
  /** Made when missing; everything the server keeps is in it. */
  readonly dataDir: string;
  readonly log?: Log;
  /** On 127.0.0.1; default: a free one, another at every start. */
  readonly port?: number;
  /** Default true. False: faster, and a crash of the machine may lose everything; for tests. */
  readonly durable?: boolean;
}

export interface EmbeddedPostgres {
  /** A superuser on a database of its own, with the password. */
  readonly connstring: string;
  /** Stops the server when no other process uses it, and resolves when it has stopped. Idempotent. */
  stop(): Promise<void>;
}

/**
 * A PostgreSQL server on `dataDir`, made there at the first start, taking connections on 127.0.0.1 only and with a password only.
 * A server that another process runs on the same directory is shared. The server stops when the last process that uses it calls
 * `stop` or ends in whatever way. Works as root (the server then is another user), after `kill -9` of anything, and in
 * directories that only their owner can enter. Rejects with {@link EmbeddedPostgresError}.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? silentLog;
  const installation = await prepareInstallation(resolve(options.dataDir), log);
  const cluster = await ensureCluster(installation);
  // On the list before looking for a server: one that is found cannot be stopped by its last other user any more.
  const usage = await beginUsage(installation.home, cluster);
  try {
    const postmaster = await findOrStart(installation, cluster, options);
    const connstring = await connstringOf(postmaster, installation.home);
    log.info({ home: installation.home, port: postmaster.port, pid: postmaster.pid }, 'embedded database ready');
    let stopped: Promise<void> | undefined;
    const stop = () => {
      stopped ??= usage.end().then((last) => (last ? waitUntilStopped(cluster) : undefined));
      return stopped;
    };
    return { connstring, stop };
  } catch (error) {
    await usage.end();
    throw error;
  }
}

/** Several processes may try at once: PostgreSQL's own lock lets one win, and the others find it. */
async function findOrStart(
  installation: Installation,
  cluster: string,
  options: EmbeddedPostgresOptions,
): Promise<Postmaster> {
  let problem = '';
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt += 1) {
    const running = await waitWhileStarting(cluster);
    if (running !== undefined) {
      if (await answers(running, installation.home)) return running;
      // It is stopping: wait until it has, and start another.
      await waitUntilGone(cluster, running.pid);
    }
    await removeStalePostmasterFile(cluster);
    const outcome = await startServer(installation, cluster, options);
    if (typeof outcome !== 'string') return outcome;
    problem = outcome;
    await sleep(200 * 2 ** attempt);
  }
  throw new EmbeddedPostgresError(`the embedded database in ${installation.home} does not start: ${problem}`);
}

/** The new server, or why there is none. */
async function startServer(
  { binaries, runner, home }: Installation,
  cluster: string,
  options: EmbeddedPostgresOptions,
): Promise<Postmaster | string> {
  const port = options.port ?? (await freePort());
  const logPath = join(home, 'server.log');
  const logStart = await prepareLog(logPath);
  const logFile = await open(logPath, 'a', 0o600);
  const settings = serverArguments({ port, durable: options.durable ?? true });
  const child = runner.spawn(binaries.postgres, ['-D', cluster, ...settings], {
    cwd: '/',
    stdio: ['ignore', logFile.fd, logFile.fd],
  });
  await logFile.close();
  const ended = new AbortController();
  let spawnProblem = '';
  child.once('exit', () => ended.abort());
  child.once('error', (error) => {
    spawnProblem = error.message;
    ended.abort();
  });
  child.unref();
  const postmaster = await waitUntilReady(cluster, child, ended.signal);
  return postmaster ?? (spawnProblem || (await problemIn(logPath, logStart)));
}

async function waitUntilReady(
  cluster: string,
  child: ChildProcess,
  ended: AbortSignal,
): Promise<Postmaster | undefined> {
  const deadlineMs = performance.now() + READY_TIMEOUT_MS;
  while (!ended.aborted && performance.now() < deadlineMs) {
    const found = await readPostmaster(cluster);
    if (found?.ready === true && found.pid === child.pid) return found;
    await sleep(POLL_MS);
  }
  child.kill('SIGQUIT');
  return undefined;
}

/** A server that is there, once it is ready; `undefined` when there is none, or no longer. */
async function waitWhileStarting(cluster: string): Promise<Postmaster | undefined> {
  const deadlineMs = performance.now() + READY_TIMEOUT_MS;
  for (;;) {
    const found = await readPostmaster(cluster);
    if (found === undefined || found.ready || performance.now() > deadlineMs) return found;
    await sleep(POLL_MS);
  }
}

/** Connects as everybody will, and makes the database at the first start. */
async function answers(postmaster: Postmaster, home: string): Promise<boolean> {
  try {
    await connstringOf(postmaster, home);
    return true;
  } catch {
    return false;
  }
}

async function connstringOf({ port }: Postmaster, home: string): Promise<string> {
  const base = `postgres://${CLUSTER_USER}:${await readPassword(home)}@127.0.0.1:${port}`;
  const client = new pg.Client({ connectionString: `${base}/postgres`, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query('select 1 from pg_catalog.pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`).catch(ignoreExisting);
  } finally {
    await client.end().catch(() => undefined);
  }
  return `${base}/${DATABASE}`;
}

/** Another process made the database between our question and our answer. */
function ignoreExisting(error: Error): void {
  const code = 'code' in error ? error.code : '';
  if (code !== '42P04' && code !== '23505') throw error;
}

async function waitUntilStopped(cluster: string): Promise<void> {
  const running = await readPostmaster(cluster);
  if (running === undefined || (await waitUntilGone(cluster, running.pid))) return;
  process.kill(running.pid, 'SIGQUIT');
  await waitUntilGone(cluster, running.pid);
}

async function waitUntilGone(cluster: string, pid: number): Promise<boolean> {
  const deadlineMs = performance.now() + FAST_STOP_MS;
  while (performance.now() < deadlineMs) {
    if ((await readPostmaster(cluster))?.pid !== pid) return true;
    await sleep(POLL_MS);
  }
  return false;
}

function freePort(): Promise<number> {
  return new Promise((resolvePort, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolvePort(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** The size of the server's log, after emptying one that has grown too large. */
async function prepareLog(path: string): Promise<number> {
  const bytes = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (bytes <= LOG_BYTES_MAX) return bytes;
  await truncate(path);
  return 0;
}

async function problemIn(logPath: string, start: number): Promise<string> {
  const text = (await readFile(logPath)).subarray(start).toString();
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const problem =
    lines.find((line) => /FATAL|PANIC|error while loading/.test(line)) ?? lines.at(-1) ?? 'it said nothing';
  return `${problem} (see ${logPath})`;
}
