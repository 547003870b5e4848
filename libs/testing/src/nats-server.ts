import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { REPOSITORY_ROOT } from './shared-data.ts';

const READY_TIMEOUT_MS = 10_000;
const POLL_MS = 20;

/** A real `nats-server` with JetStream, on 127.0.0.1. */
export interface NatsServer {
  readonly url: string;
  /** Ends the process, by default in good order; what JetStream has stored stays. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Starts it again on the same port with what it had stored. */
  restart(): Promise<void>;
  /** Stops it and removes what it had stored. */
  remove(): Promise<void>;
}

/** The `nats-server` on the PATH or in `.clair/bin` of the repository; `undefined` when there is none. */
export function findNatsServer(): string | undefined {
  const ours = join(REPOSITORY_ROOT, '.clair', 'bin', 'nats-server');
  // Debian puts it into a directory that is not on the PATH of ordinary users.
  const candidates = [ours, 'nats-server', '/usr/sbin/nats-server', '/usr/local/bin/nats-server'];
  return candidates.find((file) => spawnSync(file, ['--version'], { stdio: 'ignore', timeout: 10_000 }).status === 0);
}

/** Starts a server of its own for one test, which may stop and restart it. Throws when no `nats-server` is installed. */
export async function startNatsServer(options: { readonly args?: readonly string[] } = {}): Promise<NatsServer> {
  const program = findNatsServer();
  if (program === undefined) throw new Error('no nats-server found: run "node tools/test-services.ts"');
  const directory = await mkdtemp(join(tmpdir(), 'clair-nats-'));
  const port = await freePort();
  const logFile = join(directory, 'server.log');
  const args = ['--addr', '127.0.0.1', '--port', String(port), '--jetstream', '--store_dir', join(directory, 'store')];
  const start = () =>
    startProcess(program, { args: [...args, '--log', logFile, ...(options.args ?? [])], port, logFile });
  let child: ChildProcess | undefined = await start();
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    const stopping = child;
    child = undefined;
    if (stopping === undefined || stopping.exitCode !== null || stopping.signalCode !== null) return;
    stopping.kill(signal);
    await once(stopping, 'exit');
  };
  return {
    url: `nats://127.0.0.1:${port}`,
    stop,
    async restart() {
      await stop();
      child = await start();
    },
    async remove() {
      await stop('SIGKILL');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function startProcess(
  program: string,
  { args, port, logFile }: { args: readonly string[]; port: number; logFile: string },
): Promise<ChildProcess> {
  const child = spawn(program, args, { stdio: 'ignore' });
  endWithUs(child);
  const deadlineMs = performance.now() + READY_TIMEOUT_MS;
  while (performance.now() < deadlineMs && child.exitCode === null) {
    if (await accepts(port)) return child;
    await sleep(POLL_MS);
  }
  child.kill('SIGKILL');
  const log = existsSync(logFile) ? await readFile(logFile, 'utf8') : '';
  throw new Error(`nats-server does not start: ${log.trim().split('\n').at(-1) ?? 'no log'}`);
}

/** A test run that is killed should not leave servers behind: a shell waits for the end of its input, which is ours. */
function endWithUs(child: ChildProcess): void {
  const guard = spawn('/bin/sh', ['-c', 'cat >/dev/null; kill -9 "$1"', 'clair-nats-guard', String(child.pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.unref();
  child.once('exit', () => guard.kill('SIGKILL'));
}

/** A server greets with `INFO {…}` as soon as it serves. */
function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.setTimeout(1_000);
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', (data) => done(data.toString().startsWith('INFO ')));
    socket.once('error', () => done(false));
    socket.once('timeout', () => done(false));
    socket.once('close', () => done(false));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
