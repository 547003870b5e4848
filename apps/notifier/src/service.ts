import type { EventBus, Subscription } from '@clair/bus';
import {
  ADVISORIES_CHANGED,
  type IndexerServiceClient,
  type MatcherServiceClient,
  NotifierServiceDefinition,
  type NotifierServiceImplementation,
} from '@clair/contracts';
import { type AddressGuard, type AddressGuardOptions, createGuard } from '@clair/oci';
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
import { subscriptionQueue, webhookQueue } from './delivery/queues.ts';
import { createWebhookSender } from './delivery/webhook-sender.ts';
import { type DeliveryQueue, DeliveryWorker } from './delivery/worker.ts';
import { createImplementation, type ImplementationDependencies } from './grpc/index.ts';
import { Watchers } from './grpc/watch.ts';
import { registerDeliveriesV2 } from './http/deliveries-v2.ts';
import { registerNotificationV1 } from './http/notification-v1.ts';
import { registerOwedDeliveriesV2, registerSubscriptionsV2 } from './http/subscriptions-v2.ts';
import { createNotifierMetrics, type NotifierMetrics } from './notifier-metrics.ts';
import { ProcessWorker } from './process/worker.ts';
import { builtInSubscription } from './subscription/built-in.ts';

export interface NotifierDependencies {
  readonly config: Pick<ClairConfig, 'notifier' | 'auth' | 'nats'>;
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
  const { db, bus, clock, config } = deps;
  const runtime = new NotifierRuntime(deps);
  const access = runtime.access();
  const implementation = createImplementation(access);
  return {
    name: 'notifier',
    implementation,
    grpc: [bind(NotifierServiceDefinition, implementation)],
    registerHttp(server) {
      registerNotificationV1(server, { db, clock, summary: !config.notifier.disable_summary });
      registerDeliveriesV2(server, db);
      registerSubscriptionsV2(server, access);
      registerOwedDeliveriesV2(server, access);
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
  readonly #guards: AddressGuard[] = [];
  readonly #workers: readonly DeliveryWorker[];
  readonly #watchers = new Watchers();
  readonly #signingKeys: readonly Uint8Array[];
  #relay: OutboxRelay | undefined;
  #subscription: Subscription | undefined;

  constructor(deps: NotifierDependencies) {
    this.#deps = deps;
    this.#metrics = createNotifierMetrics(deps.metrics);
    this.#signingKeys = (deps.config.notifier.signing_keys ?? []).map((key) => Buffer.from(key, 'base64'));
    this.#workers = [this.#webhookQueue(), ...this.#subscriptionQueues()]
      .filter((queue) => queue !== undefined)
      .map((queue) => this.#createWorker(queue));
    this.#process = this.#createProcess();
    const { db, log, clock, retentionMs = RETENTION_MS } = deps;
    const webhook = deps.config.notifier.webhook !== undefined;
    this.#collector = new Collector({ db, log, clock, metrics: this.#metrics, retentionMs, webhook });
  }

  /** What the API works on. */
  access(): ImplementationDependencies {
    const { db, clock, config } = this.#deps;
    return {
      db,
      clock,
      signingKeys: this.#signingKeys,
      guard: this.#guard(this.#targets()),
      openGuard: this.#guard({ allowPrivate: true, allowLoopback: true }),
      hasNats: this.#hasNats(),
      builtIn: builtInSubscription(config.notifier),
      watchers: this.#watchers,
      wake: () => this.#wakeDeliveries(),
    };
  }

  async start(): Promise<void> {
    const { db, bus, log, clock } = this.#deps;
    const publish = (event: Parameters<typeof publishEvent>[1]) =>
      publishEvent({ db, bus, clock, metrics: this.#metrics }, event);
    const { takeOver } = this.#deps;
    this.#relay = startOutboxRelay({ db, publish, log, ...(takeOver && { leaseTtlMs: takeOver.leaseTtlMs }) });
    this.#process.start();
    for (const worker of this.#workers) worker.start();
    this.#collector.start();
    const wake = () => this.#process.wake();
    this.#subscription = await bus.subscribe({
      durable: 'notifier-advisories-changed',
      subjects: [ADVISORIES_CHANGED],
      handle: (event) => handleAdvisoriesChanged({ db, wake }, event),
    });
  }

  async stop(): Promise<void> {
    this.#watchers.stop();
    await this.#subscription?.stop();
    await Promise.all([
      this.#process.stop(),
      this.#collector.stop(),
      this.#relay?.stop(),
      ...this.#workers.map((worker) => worker.stop()),
    ]);
    for (const guard of this.#guards) await guard.close();
  }

  #wakeDeliveries(): void {
    for (const worker of this.#workers) worker.wake();
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
      webhook: notifier.webhook !== undefined,
      announce: (set, inline) => announcement(set, inline, { callback: notifier.webhook?.callback, timeMs: clock() }),
      pollMs: durationMs(notifier.poll_interval),
      ...(takeOver && { leaseTtlMs: takeOver.leaseTtlMs }),
      onCreated: () => {
        this.#relay?.wake();
        this.#watchers.wake();
        this.#wakeDeliveries();
      },
    });
  }

  #createWorker(queue: DeliveryQueue): DeliveryWorker {
    const { db, log, clock, takeOver } = this.#deps;
    return new DeliveryWorker({
      db,
      log,
      metrics: this.#metrics,
      clock,
      random: Math.random,
      queue,
      onTurn: () => this.#wakeDeliveries(),
      ...(takeOver && { visibilityMs: takeOver.claimMs }),
    });
  }

  #guard(options: AddressGuardOptions): AddressGuard {
    const guard = createGuard(options);
    this.#guards.push(guard);
    return guard;
  }

  #hasNats(): boolean {
    return this.#deps.config.nats !== undefined;
  }

  #targets(): AddressGuardOptions {
    const { allow_private_targets: allowed } = this.#deps.config.notifier;
    return { allowPrivate: allowed, allowLoopback: allowed };
  }

  #webhookQueue(): DeliveryQueue | undefined {
    const { config, clock } = this.#deps;
    const { webhook } = config.notifier;
    if (webhook === undefined) return undefined;
    const guard = this.#guard({ allowPrivate: webhook.allow_private, allowLoopback: webhook.allow_private });
    const send = createWebhookSender({
      target: { url: webhook.target, callback: webhook.callback, headers: webhook.headers },
      signingKey: pskOfConfig(config)?.signingKey,
      guard,
      clock,
    });
    return webhookQueue(send);
  }

  #subscriptionQueues(): readonly DeliveryQueue[] {
    const { db, bus, clock } = this.#deps;
    const guard = this.#guard(this.#targets());
    const options = { db, bus, clock, guard, signingKeys: this.#signingKeys, hasNats: this.#hasNats() };
    return [subscriptionQueue('steady', options), subscriptionQueue('failing', options)];
  }
}
