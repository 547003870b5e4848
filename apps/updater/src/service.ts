import { randomUUID } from 'node:crypto';
import {
  type FeedStatus,
  type MatcherServiceClient,
  UpdaterServiceDefinition,
  type UpdaterServiceImplementation,
} from '@clair/contracts';
import { createGuard } from '@clair/oci';
import type { Database } from '@clair/postgres';
import {
  bind,
  type ClairConfig,
  durationMs,
  type HttpServer,
  type Logger,
  type Metrics,
  type Service,
} from '@clair/service-kit';
import { configuredFeeds } from './configured-feeds.ts';
import { registerUpdaterHttp } from './http/v2.ts';
import { createUpdaterMetrics } from './metrics.ts';
import type { Fetcher } from './run/fetcher.ts';
import { createHttpFetcher } from './run/http-fetcher.ts';
import { FeedRunner, type RunOutcome } from './runner.ts';
import { Scheduler } from './scheduler.ts';
import { feedStatuses } from './status.ts';
import { registerFeeds } from './store/feed-status.ts';

export interface UpdaterDeps {
  readonly config: ClairConfig;
  readonly db: Database;
  readonly matcher: MatcherServiceClient;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly clock: () => number;
}

export interface UpdaterService extends Service {
  readonly implementation: UpdaterServiceImplementation;
  /** Runs feeds now and resolves with how each went; all of them when none is named. */
  run(feeds: readonly string[], options: { readonly force: boolean }): Promise<RunOutcome[]>;
  statuses(): Promise<FeedStatus[]>;
}

/** The updater: every configured feed on its schedule, shared with its replicas by a lease per feed. */
export function createUpdaterService(deps: UpdaterDeps): UpdaterService {
  const { config, db, log, clock } = deps;
  const feeds = configuredFeeds(config);
  const metrics = createUpdaterMetrics(deps.metrics);
  const runner = new FeedRunner(feeds, {
    db,
    log,
    clock,
    metrics,
    matcher: deps.matcher,
    fetcher: feedFetcher(config),
    limits: { rejectedRatio: config.updater.limits.rejected_ratio, growthRatio: config.updater.limits.growth_ratio },
    schedule: { periodMs: durationMs(config.updater.period ?? config.matcher.period), jitter: config.updater.jitter },
    random: Math.random,
    holder: randomUUID(),
  });
  const scheduler = new Scheduler(runner, { db, log, clock });
  const statuses = (): Promise<FeedStatus[]> => feedStatuses(db, feeds, clock());
  const run = (names: readonly string[], options: { readonly force: boolean }): Promise<RunOutcome[]> =>
    runner.runAll(names.length > 0 ? names : feeds.map(({ feed }) => feed.id), options);
  const implementation: UpdaterServiceImplementation = {
    listFeedStatus: async () => ({ feeds: await statuses() }),
    runFeeds: async (request) => ({ runs: await run(request.feeds, { force: request.force }) }),
  };
  return {
    name: 'updater',
    grpc: [bind(UpdaterServiceDefinition, implementation)],
    implementation,
    run,
    statuses,
    registerHttp: (server: HttpServer) => registerUpdaterHttp(server, { statuses, run }),
    checks: [{ name: 'postgres', check: () => db.ping() }],
    async start() {
      await registerFeeds(
        db,
        feeds.map(({ feed }) => feed.id),
      );
      metrics.watch(statuses);
      if (!config.matcher.disable_updaters) scheduler.start();
    },
    async stop() {
      await scheduler.stop();
    },
  };
}

/** The URLs of feeds are the operator's own words, so private and loopback addresses are allowed; metadata addresses never are. */
export function feedFetcher(config: ClairConfig): Fetcher {
  const { limits } = config.updater;
  return createHttpFetcher({
    guard: createGuard({ allowPrivate: true, allowLoopback: true }),
    bytesMax: limits.download_bytes,
    timeoutMs: durationMs(limits.timeout),
    idleMs: durationMs(limits.idle_timeout),
  });
}
