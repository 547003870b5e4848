import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

export const MODES = ['indexer', 'matcher', 'notifier'] as const;
export type ServiceMode = (typeof MODES)[number];

export interface BenchServices {
  readonly matcherAddress: string;
  readonly notifierAddress: string;
  /** Of its HTTP API. */
  url(mode: ServiceMode): string;
  /** Highest resident memory so far, in bytes. */
  peaks(): Readonly<Record<ServiceMode, number>>;
  /** Kills the process as a power cut does, and starts it again. */
  restart(mode: ServiceMode): Promise<void>;
  stop(): Promise<void>;
}

/** The indexer, the matcher and the notifier, a process each, on one database and one NATS. */
export async function startServices(
  connstring: string,
  nats: string,
  notifier: Readonly<Record<string, unknown>> = {},
): Promise<BenchServices> {
  const ports = await freePorts(2 * MODES.length);
  const grpc = (mode: ServiceMode) => `127.0.0.1:${ports[MODES.indexOf(mode)]}`;
  const http = (mode: ServiceMode) => `127.0.0.1:${ports[MODES.length + MODES.indexOf(mode)]}`;
  const database = { connstring, migrations: true };
  const configOf = (mode: ServiceMode) => ({
    http_listen_addr: http(mode),
    introspection_addr: '127.0.0.1:0',
    grpc: { listen_addr: grpc(mode) },
    nats: { servers: [nats] },
    indexer: { ...database, allow_loopback: true },
    matcher: { ...database, indexer_addr: grpc('indexer'), disable_updaters: true },
    notifier: { ...notifier, ...database, indexer_addr: grpc('indexer'), matcher_addr: grpc('matcher') },
  });
  const children = new Map<ServiceMode, ChildProcess>();
  const start = async (mode: ServiceMode) => {
    children.set(mode, await startOne(mode, JSON.stringify(configOf(mode))));
  };
  for (const mode of MODES) await start(mode);
  return {
    matcherAddress: grpc('matcher'),
    notifierAddress: grpc('notifier'),
    url: (mode) => `http://${http(mode)}`,
    peaks: () => ({
      indexer: peakOf(children.get('indexer')),
      matcher: peakOf(children.get('matcher')),
      notifier: peakOf(children.get('notifier')),
    }),
    async restart(mode) {
      await kill(children.get(mode));
      await start(mode);
    },
    async stop() {
      for (const child of children.values()) await kill(child);
    },
  };
}

async function kill(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}

async function startOne(mode: ServiceMode, config: string): Promise<ChildProcess> {
  const script = new URL('./service.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, mode, config], { stdio: ['ignore', 'pipe', 'inherit'] });
  await Promise.race([
    once(child.stdout ?? child, 'data'),
    once(child, 'close').then(() => Promise.reject(new Error(`the ${mode} did not start`))),
  ]);
  return child;
}

function peakOf(child: ChildProcess | undefined): number {
  const status = readFileSync(`/proc/${child?.pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => Number(Reflect.get(Object(server.address()), 'port')));
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
