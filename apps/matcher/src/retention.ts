import { hostname } from 'node:os';
import { type Database, withLease } from '@clair/postgres';
import type { MatcherLog } from './matcher-log.ts';
import type { MatcherMetrics } from './matcher-metrics.ts';
import { forgetBefore, planRetention, type RetentionCounts } from './store/retention.ts';

export interface RetentionDeps {
  readonly db: Database;
  readonly log: MatcherLog;
  readonly metrics: MatcherMetrics;
  /** Operations of each feed that are kept; below 0: all. Clair's 0 and 1, which mean 10, are resolved by the config. */
  readonly operationsMax: number;
  /** Operations older than this are forgotten, however few there are; 0: never. The newest of a feed always stays. */
  readonly ageMaxMs: number;
}

const LEASE_MS = 30_000;
const EVERY_MS = 15 * 60_000;
const FIRST_AFTER_MS = 60_000;

/**
 * Forgets the history before the oldest operation to keep, of every feed that has more than that or older ones. One process at a
 * time, by lease; whoever does not get it leaves it to the other. Returns what was deleted.
 */
export async function runRetention(deps: RetentionDeps, signal: AbortSignal): Promise<RetentionCounts> {
  const total = { operations: 0, affected: 0, revisions: 0, advisories: 0 };
  if (deps.operationsMax < 0 && deps.ageMaxMs === 0) return total;
  const lease = { name: 'retention', holder: `${hostname()}:${process.pid}`, ttlMs: LEASE_MS, signal };
  await withLease(deps.db, lease, async (held) => {
    for (const plan of await planRetention(deps.db, deps)) {
      if (held.aborted) return;
      const counts = await forgetBefore(deps.db, plan, held);
      deps.metrics.historyForgotten(counts);
      deps.log.info({ ...plan, ...counts }, 'history forgotten');
      total.operations += counts.operations;
      total.affected += counts.affected;
      total.revisions += counts.revisions;
      total.advisories += counts.advisories;
    }
  });
  return total;
}

/** Runs {@link runRetention} now and then until stopped. A failed run is logged, and the next one takes it up. */
export function scheduleRetention(deps: RetentionDeps): { stop(): Promise<void> } {
  const stopped = new AbortController();
  let running: Promise<unknown> = Promise.resolve();
  let timer = setTimeout(run, FIRST_AFTER_MS);
  timer.unref();
  function run(): void {
    running = runRetention(deps, stopped.signal)
      .catch((error: unknown) => {
        if (!stopped.signal.aborted) deps.log.warn({ err: error }, 'retention failed');
      })
      .then(() => {
        if (stopped.signal.aborted) return;
        timer = setTimeout(run, EVERY_MS);
        timer.unref();
      });
  }
  return {
    async stop() {
      stopped.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
