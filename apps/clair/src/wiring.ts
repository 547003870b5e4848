import type { EventBus } from '@clair/bus';
import {
  type IndexerServiceClient,
  IndexerServiceDefinition,
  type MatcherServiceClient,
  MatcherServiceDefinition,
} from '@clair/contracts';
import { createIndexerService, type IndexerService } from '@clair/indexer';
import { createMatcherService, type MatcherService } from '@clair/matcher';
import { err, invariant, ok, type Result } from '@clair/model';
import { createNotifierService, type NotifierService } from '@clair/notifier';
import { type Database, readConnstring } from '@clair/postgres';
import {
  type ClairConfig,
  connectService,
  connstringKey,
  durationMs,
  inProcessClient,
  intraserviceIssuer,
  type Logger,
  type Metrics,
  type Mode,
  mintToken,
  pskOfConfig,
  type Service,
} from '@clair/service-kit';
import { createUpdaterService, readFeedConfiguration, type UpdaterService } from '@clair/updater';
import { type Databases, type ServiceName, servicesOf } from './databases.ts';

/** The services of this process, in the order in which they start. */
export interface WiredServices {
  readonly all: readonly Service[];
  readonly indexer: IndexerService | undefined;
  readonly matcher: MatcherService | undefined;
  readonly updater: UpdaterService | undefined;
  readonly notifier: NotifierService | undefined;
  closeClients(): Promise<void>;
}

export interface WiringInput {
  readonly config: ClairConfig;
  readonly mode: Mode;
  readonly databases: Databases;
  readonly bus: EventBus;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly clock: () => number;
}

/**
 * What {@link wireServices} says of a configuration that is well-formed: everything that it would refuse, or what it would warn
 * of, a sentence each that names the key. Needs no database, and looks at no file.
 */
export function checkWiring(
  config: ClairConfig,
  mode: Mode,
): Result<{ readonly warnings: readonly string[] }, readonly string[]> {
  const services = servicesOf(mode);
  const feeds = services.includes('updater') ? readFeedConfiguration(config.updaters) : ok({ warnings: [] });
  const problems = [...connstringProblems(config, services), ...(feeds.ok ? [] : feeds.error)];
  return feeds.ok && problems.length === 0 ? ok({ warnings: feeds.value.warnings }) : err(problems);
}

/** A sentence for each key, however many services take what is under it. */
function connstringProblems(config: ClairConfig, services: readonly ServiceName[]): readonly string[] {
  const problems = services.flatMap((service) => {
    const { connstring } = config[service];
    const read = connstring === undefined ? undefined : readConnstring(connstring);
    return read === undefined || read.ok ? [] : [`${connstringKey(config, service)}: ${read.error}`];
  });
  return [...new Set(problems)];
}

/** The composition root: the one place that knows which service is here and which is behind a socket. */
export function wireServices(input: WiringInput): WiredServices {
  const { config, mode, bus, log, metrics, clock } = input;
  const has = new Set<ServiceName>(servicesOf(mode));
  const clients = new RemoteClients(input);
  const deps = (service: ServiceName) => ({
    config,
    bus,
    metrics,
    clock,
    db: databaseOf(input.databases, service),
    log: log.child({ service }),
  });
  const indexer = has.has('indexer') ? createIndexerService(deps('indexer')) : undefined;
  const indexerFor = (service: 'matcher' | 'notifier'): IndexerServiceClient =>
    indexer === undefined
      ? clients.indexer(config[service].indexer_addr)
      : inProcessClient(IndexerServiceDefinition, indexer.implementation);
  const matcher = has.has('matcher')
    ? createMatcherService({ ...deps('matcher'), indexer: indexerFor('matcher') })
    : undefined;
  const matcherFor = (service: 'updater' | 'notifier'): MatcherServiceClient =>
    matcher === undefined
      ? clients.matcher(config[service].matcher_addr)
      : inProcessClient(MatcherServiceDefinition, matcher.implementation);
  const updater = has.has('updater')
    ? createUpdaterService({ ...deps('updater'), matcher: matcherFor('updater') })
    : undefined;
  const notifier = has.has('notifier')
    ? createNotifierService({ ...deps('notifier'), indexer: indexerFor('notifier'), matcher: matcherFor('notifier') })
    : undefined;
  return {
    all: [indexer, matcher, updater, notifier].filter((service) => service !== undefined),
    indexer,
    matcher,
    updater,
    notifier,
    closeClients: () => clients.close(),
  };
}

function databaseOf(databases: Databases, service: ServiceName): Database {
  const db = databases.of.get(service);
  if (db === undefined) throw new Error(`no database was opened for ${service}`);
  return db;
}

/** gRPC connections to services of other processes. */
class RemoteClients {
  readonly #input: WiringInput;
  readonly #open: { close(): void }[] = [];

  constructor(input: WiringInput) {
    this.#input = input;
  }

  indexer(address: string | undefined): IndexerServiceClient {
    const client = connectService(IndexerServiceDefinition, required(address), this.#options());
    this.#open.push(client);
    return client;
  }

  matcher(address: string | undefined): MatcherServiceClient {
    const client = connectService(MatcherServiceDefinition, required(address), this.#options());
    this.#open.push(client);
    return client;
  }

  async close(): Promise<void> {
    for (const client of this.#open.splice(0)) client.close();
  }

  #options() {
    const { config, log, clock } = this.#input;
    const psk = pskOfConfig(config);
    return {
      log,
      deadlineMs: durationMs(config.grpc.deadline),
      tls: config.grpc.tls,
      ...(psk && { token: () => mintToken({ key: psk.signingKey, issuer: intraserviceIssuer, nowMs: clock() }) }),
    };
  }
}

function required(address: string | undefined): string {
  invariant(address !== undefined, 'the configuration lacks the address of a service, and was not refused');
  return address;
}
