import { hostname } from 'node:os';
import { type Database, type Log, withLease } from '@clair/postgres';
import type { NotifierMetrics } from './notifier-metrics.ts';
import { collectSets } from './store/collect.ts';
import { WakeUp } from './wake-up.ts';

const INTERVAL_MS = 3_600_000;
const LEASE_TTL_MS = 30_000;
const BATCH_ROWS = 5000;
const DAY_MS = 86_400_000;

/** As in Clair: how long a set is kept that its receiver never deleted. */
export const RETENTION_MS = 14 * DAY_MS;

/** How long a deleted set stays for those who watch and were away. */
const DELETED_KEPT_MS = DAY_MS;

export interface CollectorOptions {
  readonly db: Database;
  readonly log: Log;
  readonly metrics: NotifierMetrics;
  readonly clock: () => number;
  /** Age from which a set that is delivered, or given up, is removed. */
  readonly retentionMs: number;
}

/** Removes deleted and old sets every hour, one replica at a time. */
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
    const { db, log, metrics, clock, retentionMs } = this.#options;
    const lease = {
      name: 'collect',
      holder: `${hostname()}:${process.pid}`,
      ttlMs: LEASE_TTL_MS,
      signal: this.#stopped.signal,
    };
    const nowMs = clock();
    const request = {
      createdBeforeMs: nowMs - retentionMs,
      deletedBeforeMs: nowMs - DELETED_KEPT_MS,
      batchRows: BATCH_ROWS,
    };
    try {
      const done = await withLease(db, lease, (signal) => collectSets(db, { ...request, signal }));
      if (!done.ran || done.value === 0) return;
      metrics.collected(done.value);
      log.info({ sets: done.value }, 'notification sets collected');
    } catch (error) {
      if (!this.#stopped.signal.aborted) log.warn({ err: error }, 'collection interrupted');
    }
  }
}
