import { hostname } from 'node:os';
import { withLease } from '@clair/postgres';
import { loadProgress } from '../store/progress.ts';
import { WakeUp } from '../wake-up.ts';
import type { ProcessDependencies } from './dependencies.ts';
import { notifyChanges } from './run.ts';

const LEASE_TTL_MS = 30_000;
/** How soon to look again when another replica is at it: it may have listed the operations before the newest came. */
const BUSY_WAIT_MS = 5000;
const FAILED_WAIT_FIRST_MS = 1000;
const FAILED_WAIT_LAST_MS = 60_000;

export interface ProcessWorkerOptions extends ProcessDependencies {
  /** Time between looks for changes that no event told of. */
  readonly pollMs: number;
  /** Called when sets were created here. */
  readonly onCreated: () => void;
  readonly leaseTtlMs?: number;
}

/** Turns changes into notifications, whenever woken and every `pollMs`, one replica at a time. */
export class ProcessWorker {
  readonly #options: ProcessWorkerOptions;
  readonly #wakeUp = new WakeUp();
  readonly #stopped = new AbortController();
  #finished: Promise<void> = Promise.resolve();
  #failures = 0;

  constructor(options: ProcessWorkerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#finished = this.#loop();
  }

  wake(): void {
    this.#wakeUp.wake();
  }

  /** Resolves when the range in hand is committed or given up. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#finished;
  }

  async #loop(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      await this.#wakeUp.sleep(await this.#turn(), this.#stopped.signal);
    }
  }

  /** Resolves to how long to sleep then. */
  async #turn(): Promise<number> {
    const { db, log, pollMs, leaseTtlMs = LEASE_TTL_MS } = this.#options;
    const holder = `${hostname()}:${process.pid}`;
    const lease = { name: 'notifications', holder, ttlMs: leaseTtlMs, signal: this.#stopped.signal };
    try {
      const done = await withLease(db, lease, (signal) => notifyChanges(this.#options, signal));
      this.#failures = 0;
      if (!done.ran) return BUSY_WAIT_MS;
      if (done.value > 0) this.#options.onCreated();
      const { seen, notified = 0 } = await loadProgress(db);
      return seen > notified ? FAILED_WAIT_FIRST_MS : pollMs;
    } catch (error) {
      if (this.#stopped.signal.aborted) return 0;
      const waitMs = Math.min(FAILED_WAIT_FIRST_MS * 2 ** this.#failures, FAILED_WAIT_LAST_MS);
      this.#failures += 1;
      log.warn({ err: error, retryInMs: waitMs }, 'notifications interrupted');
      return waitMs;
    }
  }
}
