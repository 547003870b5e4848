import type { FeedRun, MatcherServiceClient } from '@clair/contracts';
import { type Database, withLease } from '@clair/postgres';
import { type Logger, ServiceError } from '@clair/service-kit';
import type { ConfiguredFeed } from './configured-feeds.ts';
import type { UpdaterMetrics } from './metrics.ts';
import type { Fetcher } from './run/fetcher.ts';
import type { PlausibilityLimits } from './run/plausibility.ts';
import { type FeedRunResult, runFeed } from './run/run-feed.ts';
import { nextRunMs, type Schedule } from './run/schedule.ts';
import { recordRun } from './store/feed-status.ts';
import { forgetPartitions, loadPartitions, savePartitions } from './store/partitions.ts';

/** A crashed replica's feed is free again after this. */
const LEASE_MS = 60_000;

export type RunOutcome = FeedRun & { readonly outcome: 'changed' | 'unchanged' | 'failed' | 'busy' };

export interface FeedRunnerDeps {
  readonly db: Database;
  readonly matcher: MatcherServiceClient;
  readonly fetcher: Fetcher;
  readonly log: Logger;
  readonly metrics: UpdaterMetrics;
  readonly clock: () => number;
  readonly random: () => number;
  readonly schedule: Schedule;
  readonly limits: PlausibilityLimits;
  readonly holder: string;
}

/** Runs feeds one at a time each, across replicas, and writes down how it went. */
export class FeedRunner {
  readonly #feeds: ReadonlyMap<string, ConfiguredFeed>;
  readonly #deps: FeedRunnerDeps;
  readonly #stop = new AbortController();

  constructor(feeds: readonly ConfiguredFeed[], deps: FeedRunnerDeps) {
    this.#feeds = new Map(feeds.map((configured) => [configured.feed.id, configured]));
    this.#deps = deps;
  }

  /** Ends the runs in hand; what they had not sent is fetched again next time. */
  abort(): void {
    this.#stop.abort();
  }

  async runAll(names: readonly string[], options: { readonly force: boolean }): Promise<RunOutcome[]> {
    const unknown = names.filter((name) => !this.#feeds.has(name));
    if (unknown.length > 0) {
      const known = [...this.#feeds.keys()].join(', ');
      throw new ServiceError('invalid-argument', `no such feed: ${unknown.join(', ')}; configured: ${known || 'none'}`);
    }
    const outcomes: RunOutcome[] = [];
    for (const name of names) outcomes.push(await this.run(name, options));
    return outcomes;
  }

  /** Never rejects for what a source, the network or the matcher did: that is `failed`, recorded and logged. */
  async run(name: string, options: { readonly force: boolean }): Promise<RunOutcome> {
    const configured = this.#feeds.get(name);
    if (configured === undefined) throw new ServiceError('invalid-argument', `no such feed: ${name}`);
    const lease = { name: `feed:${name}`, holder: this.#deps.holder, ttlMs: LEASE_MS, signal: this.#stop.signal };
    const attempt = await withLease(this.#deps.db, lease, (signal) =>
      this.#runLeased(configured, options.force, signal),
    );
    return attempt.ran ? attempt.value : { feed: name, outcome: 'busy', error: '', operation: 0 };
  }

  async #runLeased({ feed, options }: ConfiguredFeed, force: boolean, signal: AbortSignal): Promise<RunOutcome> {
    const { db, clock, log, metrics } = this.#deps;
    const startedMs = clock();
    const known = await loadPartitions(db, feed.id);
    const result = await runFeed({ feed, options, known, force, signal }, this.#deps).catch((error: unknown) => {
      signal.throwIfAborted();
      return { ok: false as const, error: error instanceof Error ? error.message : String(error) };
    });
    const seconds = (clock() - startedMs) / 1000;
    if (result.ok) {
      await savePartitions(db, feed.id, result.value.saved);
      await forgetPartitions(db, feed.id, result.value.forgotten);
    }
    const failures = result.ok ? result.value.failures : [result.error];
    const error = failures.slice(0, 5).join('; ').slice(0, 2000);
    await this.#record(feed.id, {
      result: result.ok ? result.value : undefined,
      error,
      startedMs,
      seconds,
      known: known.size,
    });
    const outcome = outcomeOf(result.ok ? result.value : undefined);
    metrics.ran(feed.id, outcome, seconds);
    log[error === '' ? 'info' : 'warn'](
      {
        feed: feed.id,
        outcome,
        ...(error === '' ? {} : { reason: error }),
        ...(result.ok
          ? {
              operation: result.value.operation,
              fetchedBytes: result.value.fetchedBytes,
              partitions: result.value.partitions,
            }
          : {}),
        seconds,
      },
      'feed run',
    );
    return { feed: feed.id, outcome, error, operation: result.ok ? result.value.operation : 0 };
  }

  async #record(
    feed: string,
    run: {
      readonly result: FeedRunResult | undefined;
      readonly error: string;
      readonly startedMs: number;
      readonly seconds: number;
      readonly known: number;
    },
  ): Promise<void> {
    const { db, clock, schedule, random } = this.#deps;
    const { result, error } = run;
    const succeeded = error === '';
    await recordRun(
      db,
      {
        feed,
        succeeded,
        changed: result?.changed ?? false,
        error,
        rejections: result?.rejections ?? [],
        partitions: result?.partitions ?? run.known,
        failedPartitions: result?.failures.length ?? 1,
        fetchedBytes: result?.fetchedBytes ?? 0,
        seconds: run.seconds,
        nextRunMs: nextRunMs(clock(), succeeded, schedule, random()),
      },
      run.startedMs,
    );
  }
}

function outcomeOf(result: FeedRunResult | undefined): RunOutcome['outcome'] {
  if (result === undefined) return 'failed';
  return result.changed ? 'changed' : 'unchanged';
}
