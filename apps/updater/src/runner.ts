import type { FeedRun, MatcherServiceClient } from '@clair/contracts';
import { err } from '@clair/model';
import { type Database, withLease } from '@clair/postgres';
import { type Logger, ServiceError } from '@clair/service-kit';
import type { ConfiguredFeed } from './configured-feeds.ts';
import type { UpdaterMetrics } from './metrics.ts';
import type { Fetcher } from './run/fetcher.ts';
import type { PlausibilityLimits } from './run/plausibility.ts';
import { reasonOf } from './run/reason-of.ts';
import { runFeed } from './run/run-feed.ts';
import { nextRunMs, type Schedule } from './run/schedule.ts';
import { type FinishedRun, recordRun } from './store/feed-status.ts';
import { forgetPartitions, loadPartitions, savePartitions } from './store/partitions.ts';
import { loadRecordHashes, saveRecordHashes } from './store/record-hashes.ts';

/** `failed`: nothing of the feed was taken. A run that took a part of it is `changed` or `unchanged` with an error. */
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
  /** Partitions of one feed fetched at once. */
  readonly concurrency: number;
  readonly holder: string;
  /** A crashed replica's feed is free again after this. */
  readonly leaseMs: number;
}

/** Failures of one run that are spelt out; beyond them only their number is told. */
const FAILURES_SHOWN = 5;

/** Runs feeds one at a time each, across replicas, and writes down how it went. */
export class FeedRunner {
  readonly #feeds: ReadonlyMap<string, ConfiguredFeed>;
  readonly #deps: FeedRunnerDeps;
  readonly #stop = new AbortController();
  readonly #inHand = new Set<Promise<unknown>>();

  constructor(feeds: readonly ConfiguredFeed[], deps: FeedRunnerDeps) {
    this.#feeds = new Map(feeds.map((configured) => [configured.feed.id, configured]));
    this.#deps = deps;
  }

  get names(): readonly string[] {
    return [...this.#feeds.keys()];
  }

  /** Ends the runs in hand and resolves when they have let go of the database; what they had not sent is fetched again next time. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#inHand);
  }

  /** Runs each of the feeds named once; throws `invalid-argument` when one is not configured, before any runs. */
  async runAll(names: readonly string[], options: { readonly force: boolean }): Promise<RunOutcome[]> {
    const unknown = names.filter((name) => !this.#feeds.has(name));
    if (unknown.length > 0) {
      const known = this.names.join(', ');
      throw new ServiceError('invalid-argument', `no such feed: ${unknown.join(', ')}; configured: ${known || 'none'}`);
    }
    const outcomes: RunOutcome[] = [];
    for (const name of new Set(names)) outcomes.push(await this.run(name, options));
    return outcomes;
  }

  /**
   * Never rejects for what a source, the network or the matcher did: that is `failed`, recorded and logged. Rejects with
   * `Unavailable` when our own database is away.
   */
  async run(name: string, options: { readonly force: boolean }): Promise<RunOutcome> {
    const configured = this.#feeds.get(name);
    if (configured === undefined) throw new ServiceError('invalid-argument', `no such feed: ${name}`);
    if (this.#stop.signal.aborted) return ended(name, 'the service is stopping');
    const run = this.#runWithLease(configured, options.force);
    this.#inHand.add(run);
    try {
      return await run;
    } finally {
      this.#inHand.delete(run);
    }
  }

  async #runWithLease(configured: ConfiguredFeed, force: boolean): Promise<RunOutcome> {
    const { db, holder, leaseMs, metrics } = this.#deps;
    const feed = configured.feed.id;
    const lease = { name: `feed:${feed}`, holder, ttlMs: leaseMs, signal: this.#stop.signal };
    const attempt = await withLease(db, lease, (signal) => this.#runLeased(configured, force, signal));
    const outcome = attempt.ran ? attempt.value : { feed, outcome: 'busy' as const, error: '', operation: 0 };
    if (outcome.outcome === 'busy') metrics.ran({ feed, outcome: 'busy', seconds: 0, fetchedBytes: 0 });
    return outcome;
  }

  async #runLeased({ feed, options }: ConfiguredFeed, force: boolean, signal: AbortSignal): Promise<RunOutcome> {
    const { db, clock } = this.#deps;
    const startedMs = clock();
    const known = await loadPartitions(db, feed.id);
    const input = { feed, options, known, force, signal };
    const recordHashes = (partition: string, contentHash: string) =>
      loadRecordHashes(db, feed.id, { partition, contentHash });
    const result = await runFeed(input, { ...this.#deps, recordHashes }).catch((error: unknown) =>
      err([reasonOf(error)]),
    );
    // Whoever has the lease now writes the status; the matcher took all of the update or nothing.
    if (!result.ok && signal.aborted) return ended(feed.id, reasonOf(signal.reason));
    const failures = result.ok ? result.value.failures : result.error;
    const run: FinishedRun = {
      feed: feed.id,
      startedMs,
      seconds: Math.max(0, clock() - startedMs) / 1000,
      failures,
      error: sentenceOf(failures),
      result: result.ok ? result.value : undefined,
      partitionsBefore: known.size,
    };
    await this.#save(run);
    return this.#tell(run);
  }

  /** In one transaction: the status never shows counts of another run than the partitions'. */
  async #save(run: FinishedRun): Promise<void> {
    const { db, clock, schedule, random } = this.#deps;
    const nextMs = nextRunMs(clock(), run.failures.length === 0, schedule, random());
    await db.transaction(async (tx) => {
      if (run.result !== undefined) {
        await savePartitions(tx, run.feed, run.result.saved);
        await saveRecordHashes(tx, run.feed, run.result.remembered);
        await forgetPartitions(tx, run.feed, run.result.forgotten);
      }
      await recordRun(tx, run, nextMs);
    });
  }

  #tell(run: FinishedRun): RunOutcome {
    const { log, metrics } = this.#deps;
    const { feed, seconds, error, result, failures } = run;
    const outcome = outcomeOf(run);
    const fetchedBytes = result?.fetchedBytes ?? 0;
    const isPartial = result !== undefined && failures.length > 0;
    metrics.ran({ feed, outcome: isPartial ? 'partial' : outcome, seconds, fetchedBytes });
    const counts = result && { operation: result.operation, fetchedBytes, partitions: result.partitions };
    const line = { feed, outcome, seconds, ...counts };
    if (failures.length === 0) log.info(line, 'feed run');
    else log.warn({ ...line, failures: failures.length, reason: error }, 'feed run');
    return { feed, outcome, error, operation: result?.operation ?? 0 };
  }
}

function outcomeOf({ result }: FinishedRun): RunOutcome['outcome'] {
  if (result === undefined) return 'failed';
  return result.changed ? 'changed' : 'unchanged';
}

function ended(feed: string, why: string): RunOutcome {
  return { feed, outcome: 'failed', error: `ended before it was done: ${why}`, operation: 0 };
}

function sentenceOf(failures: readonly string[]): string {
  const shown = failures.slice(0, FAILURES_SHOWN).join('; ').slice(0, 2000);
  const more = failures.length - FAILURES_SHOWN;
  return more > 0 ? `${shown}; and ${more} more` : shown;
}
