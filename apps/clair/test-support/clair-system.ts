import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClairProcess } from './clair-process.ts';
import { freePorts } from './loopback-server.ts';

export const SERVICES = ['indexer', 'matcher', 'updater', 'notifier'] as const;
export type ServiceName = (typeof SERVICES)[number];

export interface SystemOptions {
  readonly connstring: string;
  /** Four processes that meet there; without it, one process. */
  readonly nats: string | undefined;
  readonly feedUrl: string;
  readonly webhookUrl: string;
  /** Merged into the configuration of every process. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** Clair in one of its two forms. */
export interface ClairSystem {
  /** The address of a path of the API, whichever process serves it. */
  url(path: string): string;
  process(service: ServiceName): ClairProcess;
  grpcAddress(service: ServiceName): string;
  stop(): Promise<void>;
}

interface Ports {
  readonly http: number;
  readonly grpc: number;
  readonly introspection: number;
}

export async function startSystem(options: SystemOptions): Promise<ClairSystem> {
  const directory = await mkdtemp(join(tmpdir(), 'clair-system-'));
  const modes = options.nats === undefined ? (['combo'] as const) : SERVICES;
  const free = await freePorts(modes.length * 3);
  const ports = new Map<string, Ports>(
    modes.map((mode, at) => [
      mode,
      { http: free[3 * at] ?? 0, grpc: free[3 * at + 1] ?? 0, introspection: free[3 * at + 2] ?? 0 },
    ]),
  );
  const of = <T>(map: ReadonlyMap<string, T>, service: string): T => {
    const found = map.get(service) ?? map.get('combo');
    if (found === undefined) throw new Error(`there is no ${service}`);
    return found;
  };
  const processes = new Map(
    modes.map((mode) => {
      const config = configOf(options, of(ports, mode), (service) => of(ports, service));
      return [mode, new ClairProcess({ directory, name: mode, mode, config })] as const;
    }),
  );
  await Promise.all([...processes.values()].map((one) => one.start()));
  await Promise.all([...processes.values()].map((one) => one.ready()));
  return {
    url: (path) => `http://127.0.0.1:${of(ports, path.split('/')[1] ?? '').http}${path}`,
    process: (service) => of(processes, service),
    grpcAddress: (service) => `127.0.0.1:${of(ports, service).grpc}`,
    async stop() {
      await Promise.all([...processes.values()].map((one) => one.stop()));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function configOf(options: SystemOptions, own: Ports, portsOf: (service: ServiceName) => Ports) {
  const { connstring, nats } = options;
  const database = { connstring, migrations: true };
  const at = (port: number): string => `127.0.0.1:${port}`;
  return {
    http_listen_addr: at(own.http),
    introspection_addr: at(own.introspection),
    log_level: 'info',
    ...(nats === undefined ? {} : { nats: { servers: [nats] } }),
    indexer: { ...database, allow_loopback: true },
    matcher: { ...database, indexer_addr: at(portsOf('indexer').grpc) },
    updaters: { sets: ['debian'], config: { debian: { json_url: options.feedUrl } } },
    updater: { ...database, matcher_addr: at(portsOf('matcher').grpc), schedule: false },
    notifier: {
      ...database,
      indexer_addr: at(portsOf('indexer').grpc),
      matcher_addr: at(portsOf('matcher').grpc),
      disable_summary: true,
      webhook: {
        target: options.webhookUrl,
        callback: `http://${at(portsOf('notifier').http)}/notifier/api/v1/notification`,
      },
    },
    ...options.config,
    grpc: { listen_addr: at(own.grpc), ...Object(options.config?.grpc) },
  };
}
