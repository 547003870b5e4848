import type { EventBus, Subscription } from '@clair/bus';
import {
  ADVISORIES_CHANGED,
  type IndexerServiceClient,
  type MatcherServiceClient,
  NotifierServiceDefinition,
  type NotifierServiceImplementation,
} from '@clair/contracts';
import { type AddressGuard, createGuard } from '@clair/oci';
import { type Database, type OutboxRelay, startOutboxRelay } from '@clair/postgres';
import {
  bind,
  type ClairConfig,
  durationMs,
  type Logger,
  type Metrics,
  pskOfConfig,
  type Service,
} from '@clair/service-kit';
import { Collector, RETENTION_MS } from './collector.ts';
import { handleAdvisoriesChanged } from './consumers/advisories-changed/handler.ts';
import { announcement } from './delivery/announcement.ts';
import { publishEvent } from './delivery/event-publisher.ts';
import { createWebhookSender } from './delivery/webhook-sender.ts';
import { DeliveryWorker } from './delivery/worker.ts';
import { createImplementation } from './grpc/index.ts';
import { registerDeliveriesV2 } from './http/deliveries-v2.ts';
import { registerNotificationV1 } from './http/notification-v1.ts';
import { createNotifierMetrics, type NotifierMetrics } from './notifier-metrics.ts';
import { ProcessWorker } from './process/worker.ts';

export interface NotifierDependencies {
  readonly config: Pick<ClairConfig, 'notifier' | 'auth'>;
  /** Migrated; the schema is the notifier's own. */
  readonly db: Database;
  readonly bus: EventBus;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly indexer: Pick<IndexerServiceClient, 'findAffectedManifests'>;
  readonly matcher: Pick<MatcherServiceClient, 'listUpdateOperations' | 'diffOperations' | 'listFeeds'>;
  /** Age from which a set that is delivered, or given up, is removed. Default 14 days. */
  readonly retentionMs?: number;
  /** How long the work of a process that died waits for another: its leases, and its claims on deliveries. */
  readonly takeOver?: { readonly leaseTtlMs: number; readonly claimMs: number };
}

export interface NotifierService extends Service {
  readonly implementation: NotifierServiceImplementation;
}

/**
 * The notifier, not started: it reads no operation and delivers nothing before `start`. Any number of them may run on one
 * database; they share the work.
 */
export function createNotifierService(deps: NotifierDependencies): NotifierService {
  const { db, bus, clock } = deps;
  const implementation = createImplementation({ db, clock });
  const runtime = new NotifierRuntime(deps);
  return {
    name: 'notifier',
    implementation,
    grpc: [bind(NotifierServiceDefinition, implementation)],
    registerHttp(server) {
      registerNotificationV1(server, { db, clock });
      registerDeliveriesV2(server, db);
    },
    checks: [
      { name: 'notifier-database', check: () => db.ping() },
      {
        name: 'event-bus',
        check: () => (bus.healthy() ? Promise.resolve() : Promise.reject(new Error('the bus is away'))),
      },
    ],
    start: () => runtime.start(),
    stop: () => runtime.stop(),
  };
}

/** What runs of its own accord between start and stop. */
class NotifierRuntime {
  readonly #deps: NotifierDependencies;
  readonly #metrics: NotifierMetrics;
  readonly #process: ProcessWorker;
  readonly #collector: Collector;
  readonly #webhook: { readonly worker: DeliveryWorker; readonly guard: AddressGuard } | undefined;
  #relay: OutboxRelay | undefined;
  #subscription: Subscription | undefined;

  constructor(deps: NotifierDependencies) {
    this.#deps = deps;
    this.#metrics = createNotifierMetrics(deps.metrics);
    this.#webhook = createWebhook(deps, this.#metrics);
    this.#process = this.#createProcess();
    const { db, log, clock, retentionMs = RETENTION_MS } = deps;
    this.#collector = new Collector({ db, log, clock, metrics: this.#metrics, retentionMs });
  }

  async start(): Promise<void> {
    const { db, bus, log, clock } = this.#deps;
    const publish = (event: Parameters<typeof publishEvent>[1]) =>
      publishEvent({ db, bus, clock, metrics: this.#metrics }, event);
    const { takeOver } = this.#deps;
    this.#relay = startOutboxRelay({ db, publish, log, ...(takeOver && { leaseTtlMs: takeOver.leaseTtlMs }) });
    this.#process.start();
    this.#webhook?.worker.start();
    this.#collector.start();
    const wake = () => this.#process.wake();
    this.#subscription = await bus.subscribe({
      durable: 'notifier-advisories-changed',
      subjects: [ADVISORIES_CHANGED],
      handle: (event) => handleAdvisoriesChanged({ db, wake }, event),
    });
  }

  async stop(): Promise<void> {
    await this.#subscription?.stop();
    await Promise.all([
      this.#process.stop(),
      this.#collector.stop(),
      this.#relay?.stop(),
      this.#webhook?.worker.stop(),
    ]);
    await this.#webhook?.guard.close();
  }

  #createProcess(): ProcessWorker {
    const { config, db, log, clock, indexer, matcher, takeOver } = this.#deps;
    const { notifier } = config;
    return new ProcessWorker({
      db,
      log,
      clock,
      indexer,
      matcher,
      metrics: this.#metrics,
      summary: !notifier.disable_summary,
      webhook: notifier.webhook !== undefined,
      announce: (set, inline) => announcement(set, inline, { callback: notifier.webhook?.callback, timeMs: clock() }),
      pollMs: durationMs(notifier.poll_interval),
      ...(takeOver && { leaseTtlMs: takeOver.leaseTtlMs }),
      onCreated: () => {
        this.#relay?.wake();
        this.#webhook?.worker.wake();
      },
    });
  }
}

function createWebhook(
  { config, db, log, clock, takeOver }: NotifierDependencies,
  metrics: NotifierMetrics,
): { readonly worker: DeliveryWorker; readonly guard: AddressGuard } | undefined {
  const { webhook } = config.notifier;
  if (webhook === undefined) return undefined;
  const guard = createGuard({ allowPrivate: webhook.allow_private, allowLoopback: webhook.allow_private });
  const attempt = createWebhookSender({
    target: { url: webhook.target, callback: webhook.callback, headers: webhook.headers },
    signingKey: pskOfConfig(config)?.signingKey,
    guard,
    clock,
  });
  const worker = new DeliveryWorker({
    db,
    log,
    metrics,
    clock,
    random: Math.random,
    attempt,
    ...(takeOver && { visibilityMs: takeOver.claimMs }),
  });
  return { guard, worker };
}
