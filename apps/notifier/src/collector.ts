import { hostname } from 'node:os';
import { type Database, type Log, withLease } from '@clair/postgres';
import type { NotifierMetrics } from './notifier-metrics.ts';
import { collectSets } from './store/collect.ts';
import { giveUpWebhook } from './store/deliveries.ts';
import { WakeUp } from './wake-up.ts';

const INTERVAL_MS = 3_600_000;
const LEASE_TTL_MS = 30_000;
const BATCH_ROWS = 5000;
const DAY_MS = 86_400_000;

/** As in Clair, of sets that its receiver never deletes; here of all, for those who page and watch over gRPC. */
export const RETENTION_MS = 14 * DAY_MS;

/**
 * How long a delivery to the webhook waits for a replica that has one, when this one has none: the configuration may be on
 * its way to some replicas, in either direction.
 */
const WEBHOOK_MISSING_MS = 3_600_000;

const NO_WEBHOOK =
  'given up because the configuration has no notifier.webhook any more: replay it when there is one again';

export interface CollectorOptions {
  readonly db: Database;
  readonly log: Log;
  readonly metrics: NotifierMetrics;
  readonly clock: () => number;
  /** Age from which a set that is delivered, or given up, is removed. */
  readonly retentionMs: number;
  /** Whether the configuration has a webhook. What was owed to one that it has no more keeps no set for ever. */
  readonly webhook: boolean;
}

/** Removes old sets every hour, one replica at a time. */
export class Collector {
  readonly #options: CollectorOptions;
  readonly #stopped = new AbortController();
  readonly #wakeUp = new WakeUp();
  #finished: Promise<void> = Promise.resolve();

  constructor(options: CollectorOptions) {
    this.#options = options;
  }

  start(): void {
    this.#finished = this.#loop();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#finished;
  }

  async #loop(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      await this.#collect();
      await this.#wakeUp.sleep(INTERVAL_MS, this.#stopped.signal);
    }
  }

  async #collect(): Promise<void> {
    const { db, log, metrics, clock, retentionMs, webhook } = this.#options;
    const lease = {
      name: 'collect',
      holder: `${hostname()}:${process.pid}`,
      ttlMs: LEASE_TTL_MS,
      signal: this.#stopped.signal,
    };
    const nowMs = clock();
    const request = { createdBeforeMs: nowMs - retentionMs, batchRows: BATCH_ROWS };
    try {
      if (!webhook) await this.#giveUpWebhook(nowMs);
      const done = await withLease(db, lease, (signal) => collectSets(db, { ...request, signal }));
      if (!done.ran || done.value === 0) return;
      metrics.collected(done.value);
      log.info({ sets: done.value }, 'notification sets collected');
    } catch (error) {
      if (!this.#stopped.signal.aborted) log.warn({ err: error }, 'collection interrupted');
    }
  }

  async #giveUpWebhook(nowMs: number): Promise<void> {
    const { db, log } = this.#options;
    const deliveries = await giveUpWebhook(db, { dueBeforeMs: nowMs - WEBHOOK_MISSING_MS, nowMs, error: NO_WEBHOOK });
    if (deliveries > 0) log.warn({ deliveries, error: NO_WEBHOOK }, 'webhook deliveries given up');
  }
}
