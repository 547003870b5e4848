import type { EventBus } from '@clair/bus';
import { readDescriptorSet, readEnvelope } from '@clair/contracts';
import { startOutboxRelay } from '@clair/postgres';
import {
  type ClairConfig,
  createHttpServer,
  createMetrics,
  durationMs,
  type Logger,
  listenHttp,
  type Metrics,
  type Mode,
  pskOfConfig,
  type Service,
  startGrpcServer,
  startIntrospection,
} from '@clair/service-kit';
import { openBus } from './bus.ts';
import { type Databases, openDatabases } from './databases.ts';
import { type WiredServices, wireServices } from './wiring.ts';

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

/** Starts the services of a mode and serves them. When it rejects, nothing of it is left running. */
export async function launch(options: LaunchOptions): Promise<Running> {
  const started = new Started();
  try {
    return await launchInto(started, options);
  } catch (error) {
    await started.stop();
    throw error;
  }
}

async function launchInto(started: Started, { config, mode, log, clock = Date.now }: LaunchOptions): Promise<Running> {
  const metrics = createMetrics();
  const databases = await openDatabases(config, mode, log);
  started.add(() => databases.close());
  const bus = await openBus(config, mode, log);
  started.add(() => bus.close());
  const services = wireServices({ config, mode, databases, bus, log, metrics, clock });
  started.add(() => services.closeClients());
  const introspection = await startIntrospection({
    listen: config.introspection_addr,
    metrics,
    log,
    checks: services.all.flatMap((service) => service.checks),
    metricsPath: config.metrics.prometheus.endpoint,
  });
  started.add(() => introspection.stop());
  for (const service of services.all) {
    started.add(() => service.stop());
    await service.start();
  }
  startRelays(started, { databases, bus, log });
  const grpcPort = await serveGrpc(started, services.all, { config, log, metrics });
  const httpPort = await serveHttp(started, services.all, { config, log, metrics });
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

/** Each service's outbox to the bus; the only caller of `publish`. */
function startRelays(
  started: Started,
  { databases, bus, log }: { readonly databases: Databases; readonly bus: EventBus; readonly log: Logger },
): void {
  for (const db of databases.of.values()) {
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
  const server = await startGrpcServer({
    listen: config.grpc.listen_addr,
    tls: config.grpc.tls,
    auth: pskOfConfig(config),
    bindings: services.flatMap((service) => service.grpc),
    descriptors: await readDescriptorSet(),
    deadlineMaxMs: durationMs(config.grpc.deadline_max),
    log,
    metrics,
  });
  started.add(() => server.stop());
  return server.port;
}

async function serveHttp(started: Started, services: readonly Service[], serving: Serving): Promise<number> {
  const server = await createHttpServer(serving);
  for (const service of services) service.registerHttp(server);
  started.add(() => server.close());
  return (await listenHttp(server, serving.config.http_listen_addr)).port;
}
