import { type Database, type Log, withLease } from '@clair/postgres';
import type { IndexerMetrics } from './metrics.ts';
import { collectPackages } from './store/collect-packages.ts';

const FIRST_AFTER_MS = 3_600_000;
const EVERY_MS = 24 * 3_600_000;
const LEASE_MS = 30_000;

export interface PackageCollectorOptions {
  readonly db: Database;
  readonly log: Log;
  readonly metrics: Pick<IndexerMetrics, 'inventoriesCollected' | 'packagesCollected'>;
  readonly holder: string;
}

/** Forgets inventories and packages that no image holds, once a day, one replica at a time. */
export class PackageCollector {
  readonly #options: PackageCollectorOptions;
  readonly #stopped = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: PackageCollectorOptions) {
    this.#options = options;
  }

  start(afterMs = FIRST_AFTER_MS): void {
    this.#timer = setTimeout(() => {
      this.#running = this.#collect().then(() => {
        if (!this.#stopped.signal.aborted) this.start(EVERY_MS);
      });
    }, afterMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #collect(): Promise<void> {
    const { db, log, metrics, holder } = this.#options;
    const lease = { name: 'collect-packages', holder, ttlMs: LEASE_MS, signal: this.#stopped.signal };
    try {
      const done = await withLease(db, lease, (signal) => collectPackages(db, signal));
      if (!done.ran) return;
      const { inventories, packages } = done.value;
      if (inventories + packages === 0) return;
      metrics.inventoriesCollected(inventories);
      metrics.packagesCollected(packages);
      log.info({ inventories, packages }, 'inventories and packages that no image holds forgotten');
    } catch (error) {
      if (!this.#stopped.signal.aborted) log.warn({ err: error }, 'packages not collected');
    }
  }
}
