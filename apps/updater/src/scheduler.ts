import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@clair/postgres';
import type { Logger } from '@clair/service-kit';
import type { FeedRunner } from './runner.ts';
import { dueFeeds } from './store/feed-status.ts';

/** Default of {@link SchedulerDeps.pollMs}. */
const POLL_MS = 5_000;

export interface SchedulerDeps {
  readonly db: Database;
  readonly log: Logger;
  readonly clock: () => number;
  /** Time between looks for feeds that are due. */
  readonly pollMs?: number;
}

/** The part of the runner that a schedule needs. */
export type ScheduledFeeds = Pick<FeedRunner, 'names' | 'run' | 'stop'>;

/**
 * Runs feeds when their time has come, one after the other: a feed is bounded in memory but not in processor time, and
 * replicas share the feeds between them.
 */
export class Scheduler {
  readonly #runner: ScheduledFeeds;
  readonly #deps: SchedulerDeps;
  readonly #stop = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  constructor(runner: ScheduledFeeds, deps: SchedulerDeps) {
    this.#runner = runner;
    this.#deps = deps;
  }

  start(): void {
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#runner.stop();
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        await this.#runDue();
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        this.#deps.log.warn({ err: error }, 'feed schedule interrupted');
      }
      await sleep(this.#deps.pollMs ?? POLL_MS, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  async #runDue(): Promise<void> {
    for (const feed of await dueFeeds(this.#deps.db, this.#runner.names, this.#deps.clock())) {
      if (this.#stop.signal.aborted) return;
      await this.#runOne(feed);
    }
  }

  /** What keeps one feed from running must not keep the others, which are due after it, from theirs. */
  async #runOne(feed: string): Promise<void> {
    try {
      await this.#runner.run(feed, { force: false });
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#deps.log.warn({ err: error, feed }, 'feed not run');
    }
  }
}
