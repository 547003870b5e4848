import type { EventBus } from '@clair/bus';
import { readDescriptorSet, readEnvelope } from '@clair/contracts';
import { startOutboxRelay } from '@clair/postgres';
import {
  type ClairConfig,
  createHttpServer,
  createMetrics,
  durationMs,
  type HttpServer,
  type Introspection,
  type Logger,
  listenHttp,
  type Metrics,
  type Mode,
  pskOfConfig,
  type ReadinessCheck,
  type Service,
  startGrpcServer,
  startIntrospection,
} from '@clair/service-kit';
import { openBus } from './bus.ts';
import { registerDatabaseHttp } from './database-http.ts';
import { type Databases, openDatabases } from './databases.ts';
import { limitHeapGrowth } from './heap-growth.ts';
import { startInboxPruning } from './inbox-pruning.ts';
import { unreadableFiles } from './named-files.ts';
import { StartFailure, step } from './start-failure.ts';
import { checkWiring, type WiredServices, wireServices } from './wiring.ts';

export interface Running {
  /** Where the HTTP API, gRPC, and health and metrics answer. */
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly introspectionPort: number;
  readonly services: WiredServices;
  /** Where the data is, for a person. */
  readonly storage: string;
  /** `/readyz` answers 503 from here on. */
  notReady(): void;
  /** No new requests; those in hand finish, and everything is closed. */
  stop(): Promise<void>;
}

export interface LaunchOptions {
  readonly config: ClairConfig;
  readonly mode: Mode;
  readonly log: Logger;
  readonly clock?: () => number;
  /** Aborted when the process is asked to stop before everything serves: `launch` then rejects. */
  readonly signal?: AbortSignal;
}

/** What was started, to be stopped in the reverse order. */
class Started {
  readonly #stops: (() => Promise<void>)[] = [];

  add(stop: () => Promise<void>): void {
    this.#stops.push(stop);
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops.splice(0).reverse()) await stop();
  }
}

/**
 * Starts the services of a mode and serves them. When it rejects, nothing of it is left running; with a `StartFailure` when
 * an operator can mend it.
 */
export async function launch(options: LaunchOptions): Promise<Running> {
  const started = new Started();
  try {
    return await launchInto(started, options);
  } catch (error) {
    await started.stop();
    throw error;
  }
}

async function launchInto(started: Started, options: LaunchOptions): Promise<Running> {
  const { config, mode, log, clock = Date.now, signal = new AbortController().signal } = options;
  // Before anything is touched: a schema that was migrated for a start that never comes is in the way of the version before.
  const checked = checkWiring(config, mode);
  const problems = [...(checked.ok ? [] : checked.error), ...unreadableFiles(config)];
  if (problems.length > 0) throw new StartFailure(`the configuration cannot be used: ${problems.join('; ')}`);
  limitHeapGrowth();
  const metrics = createMetrics();
  // First of all: a process that waits for its database or migrates it is alive, and not ready.
  const checks: ReadinessCheck[] = [];
  const introspection = await introspect({ config, log, metrics }, checks);
  started.add(() => introspection.stop());
  const databases = await openDatabases({ config, mode, log, signal });
  started.add(() => databases.close());
  const bus = await openBus({ config, mode, log, signal });
  started.add(() => bus.close());
  const services = await step(
    { failure: 'cannot set up the services', remedy: 'Check the files that the configuration names' },
    () => wireServices({ config, mode, databases, bus, log, metrics, clock }),
  );
  started.add(() => services.closeClients());
  checks.push(...services.all.flatMap((service) => service.checks));
  for (const service of services.all) {
    signal.throwIfAborted();
    started.add(() => service.stop());
    await startService(service);
  }
  startRelays(started, { databases, bus, log });
  startPruning(started, databases, log);
  const grpcPort = await serveGrpc(started, services.all, { config, log, metrics });
  const httpPort = await serveHttp(started, { services: services.all, databases }, { config, log, metrics });
  introspection.setReady(true);
  return {
    httpPort,
    grpcPort,
    introspectionPort: introspection.port,
    services,
    storage: databases.description,
    notReady: () => introspection.setReady(false),
    stop() {
      introspection.setReady(false);
      return started.stop();
    },
  };
}

function introspect({ config, log, metrics }: Serving, checks: readonly ReadinessCheck[]): Promise<Introspection> {
  const { introspection_addr: listen, metrics: settings } = config;
  return step(listening({ key: 'introspection_addr', address: listen, hasTls: false }), () =>
    startIntrospection({ listen, metrics, log, checks, metricsPath: settings.prometheus.endpoint }),
  );
}

interface Listening {
  readonly key: string;
  readonly address: string;
  readonly hasTls: boolean;
}

function listening({ key, address, hasTls }: Listening): { failure: string; remedy: string } {
  const tls = hasTls ? '. If it is not the address, the certificate and its key do not belong together' : '';
  return { failure: `cannot listen on ${address}`, remedy: `Stop what listens there, or set another ${key}${tls}` };
}

function startService(service: Service): Promise<void> {
  const failure = `the ${service.name} does not start`;
  const remedy = `If its schema is missing or old, run "clair migrate" or set ${service.name}.migrations`;
  return step({ failure, remedy }, () => service.start());
}

function startPruning(started: Started, databases: Databases, log: Logger): void {
  for (const db of databases.of.values()) {
    const pruning = startInboxPruning({ db, log });
    started.add(() => pruning.stop());
  }
}

/** Each service's outbox to the bus. The notifier has a relay of its own: publishing is one of its deliveries, and recorded as such. */
function startRelays(
  started: Started,
  { databases, bus, log }: { readonly databases: Databases; readonly bus: EventBus; readonly log: Logger },
): void {
  for (const [service, db] of databases.of) {
    if (service === 'notifier') continue;
    const publish = async (row: { readonly body: unknown }): Promise<void> => {
      const event = readEnvelope(row.body);
      if (!event.ok) throw new Error(`the outbox of ${db.schema} holds something that is no event`);
      await bus.publish(event.value);
    };
    const relay = startOutboxRelay({ db, publish, log });
    started.add(() => relay.stop());
  }
}

interface Serving {
  readonly config: ClairConfig;
  readonly log: Logger;
  readonly metrics: Metrics;
}

async function serveGrpc(
  started: Started,
  services: readonly Service[],
  { config, log, metrics }: Serving,
): Promise<number> {
  const descriptors = await readDescriptorSet();
  const server = await step(
    listening({ key: 'grpc.listen_addr', address: config.grpc.listen_addr, hasTls: config.grpc.tls !== undefined }),
    () =>
      startGrpcServer({
        listen: config.grpc.listen_addr,
        tls: config.grpc.tls,
        auth: pskOfConfig(config),
        bindings: services.flatMap((service) => service.grpc),
        descriptors,
        deadlineMaxMs: durationMs(config.grpc.deadline_max),
        log,
        metrics,
      }),
  );
  started.add(() => server.stop());
  return server.port;
}

interface Served {
  readonly services: readonly Service[];
  readonly databases: Databases;
}

async function serveHttp(started: Started, { services, databases }: Served, serving: Serving): Promise<number> {
  const { http_listen_addr: address, tls } = serving.config;
  return step(listening({ key: 'http_listen_addr', address, hasTls: tls !== undefined }), async () => {
    const server = await createHttpServer(serving);
    for (const service of services) service.registerHttp(server);
    registerDatabaseHttp(server, databases);
    started.add(() => closeHttp(server));
    return (await listenHttp(server, address)).port;
  });
}

/**
 * Requests in hand finish. Their connections are then idle, and would otherwise be waited for until the client lets go of
 * them, which takes a minute.
 */
async function closeHttp(server: HttpServer): Promise<void> {
  const sweep = setInterval(() => server.server.closeIdleConnections(), 100);
  try {
    await server.close();
  } finally {
    clearInterval(sweep);
  }
}
