import type { FeedPlan } from '@clair/feeds';
import { createGuard } from '@clair/oci';
import type { Database } from '@clair/postgres';
import { createLogger, createMetrics } from '@clair/service-kit';
import { createUpdaterMetrics } from '../metrics.ts';
import { createHttpFetcher } from '../run/http-fetcher.ts';
import { FeedRunner, type RunOutcome } from '../runner.ts';
import { linesFeed } from './lines-feed.ts';
import type { RecordingMatcher } from './recording-matcher.ts';

export interface LinesRun {
  readonly db: Database;
  readonly matcher: RecordingMatcher;
  readonly plan: FeedPlan;
  readonly nowMs: number;
  readonly force?: boolean;
  readonly revision?: number;
}

/** One run of the feed of lines, as the service would do it, over HTTP on loopback. */
export async function runLines(given: LinesRun): Promise<RunOutcome> {
  const { db, plan, force = false } = given;
  const guard = createGuard({ allowPrivate: true, allowLoopback: true });
  const runner = new FeedRunner([{ feed: linesFeed(plan, given.revision), options: {} }], {
    db,
    matcher: given.matcher.client(),
    fetcher: createHttpFetcher({ guard, bytesMax: 100_000_000, timeoutMs: 5_000, idleMs: 1_000 }),
    log: createLogger({ level: 'fatal', name: 'test' }),
    metrics: createUpdaterMetrics(createMetrics({ processMetrics: false })),
    clock: () => given.nowMs,
    random: () => 0.5,
    schedule: { periodMs: 3_600_000, jitter: 0 },
    limits: { rejectedRatio: 0.02, growthRatio: 5 },
    concurrency: 3,
    holder: 'test',
    leaseMs: 60_000,
  });
  return runner.run('lines', { force });
}
