import { randomUUID } from 'node:crypto';
import {
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
  ServiceError,
} from '@clair/service-kit';
import { type ConfiguredFeed, configuredFeeds } from './configured-feeds.ts';
import { registerUpdaterHttp } from './http/v2.ts';
import { createUpdaterMetrics } from './metrics.ts';
import type { Fetcher } from './run/fetcher.ts';
import { createHttpFetcher } from './run/http-fetcher.ts';
import { removeAbandonedDirectories } from './run/work-directory.ts';
import { FeedRunner, type RunOutcome } from './runner.ts';
import { Scheduler } from './scheduler.ts';
import { feedStatuses, type ShownFeedStatus } from './status.ts';
import { registerFeeds } from './store/feed-status.ts';

export interface UpdaterDeps {
  readonly config: ClairConfig;
  readonly db: Database;
  readonly matcher: MatcherServiceClient;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly clock: () => number;
  /** How long after a crash of a replica its feed is free again. Default 60,000. */
  readonly leaseMs?: number;
}

export interface UpdaterService extends Service {
  readonly implementation: UpdaterServiceImplementation;
  /**
   * Runs feeds now and resolves with how each went; all of them when none is named. For whoever holds the service: unlike
   * `RunFeeds`, it does not ask whether updaters are disabled.
   */
  run(feeds: readonly string[], options: { readonly force: boolean }): Promise<RunOutcome[]>;
  statuses(): Promise<ShownFeedStatus[]>;
}

const LEASE_MS = 60_000;

const UPDATERS_DISABLED =
  'updaters are disabled by matcher.disable_updaters; advisories are imported as a bundle (clairctl import-updaters)';

/**
 * The updater: every configured feed on its schedule, shared with its replicas by a lease per feed. Throws
 * `ServiceError('failed-precondition')` for a configuration that names sets or keys that do not exist.
 */
export function createUpdaterService(deps: UpdaterDeps): UpdaterService {
  const { config, db, log, clock } = deps;
  const { feeds, warnings } = configuredFeeds(config);
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
    concurrency: config.updater.limits.requests,
    leaseMs: deps.leaseMs ?? LEASE_MS,
  });
  const scheduler = new Scheduler(runner, { db, log, clock });
  const isDisabled = config.matcher.disable_updaters;
  const statuses = (): Promise<ShownFeedStatus[]> =>
    feedStatuses({ db, feeds, matcher: deps.matcher, clock, isDisabled });
  const run = (names: readonly string[], options: { readonly force: boolean }): Promise<RunOutcome[]> =>
    runner.runAll(names.length > 0 ? names : feeds.map(({ feed }) => feed.id), options);
  const runWhenAsked: typeof run = async (names, options) => {
    if (isDisabled) throw new ServiceError('failed-precondition', UPDATERS_DISABLED);
    return run(names, options);
  };
  let orphans: Promise<void> = Promise.resolve();
  const implementation: UpdaterServiceImplementation = {
    listFeedStatus: async () => ({ feeds: await statuses() }),
    runFeeds: async (request) => ({ runs: await runWhenAsked(request.feeds, { force: request.force }) }),
  };
  return {
    name: 'updater',
    grpc: [bind(UpdaterServiceDefinition, implementation)],
    implementation,
    run,
    statuses,
    registerHttp: (server: HttpServer) => registerUpdaterHttp(server, { statuses, run: runWhenAsked }),
    checks: [{ name: 'postgres', check: () => db.ping() }],
    async start() {
      await registerFeeds(
        db,
        feeds.map(({ feed }) => feed.id),
      );
      metrics.watch(statuses, clock);
      for (const warning of warnings) log.warn(warning);
      const abandoned = await removeAbandonedDirectories(clock()).catch(() => 0);
      if (abandoned > 0) log.info({ directories: abandoned }, 'removed what a killed process left behind');
      if (isDisabled || !config.updater.schedule) return;
      scheduler.start();
      orphans = warnOfOrphans(deps.matcher, feeds, log);
    },
    async stop() {
      await scheduler.stop();
      await orphans;
    },
  };
}

/** Longest wait for the matcher's list at start; it may not be up yet, and nothing depends on it. */
const ORPHANS_WAIT_MS = 10_000;

/** Says which feeds the matcher holds that nobody updates: their data stays in reports, which call it stale in time. */
async function warnOfOrphans(
  matcher: MatcherServiceClient,
  feeds: readonly ConfiguredFeed[],
  log: Logger,
): Promise<void> {
  const answer = await matcher.listFeeds({}, { signal: AbortSignal.timeout(ORPHANS_WAIT_MS) }).catch(() => undefined);
  const configured = new Set(feeds.map(({ feed }) => feed.id));
  for (const { feed, fetchedAt } of answer?.feeds ?? []) {
    if (configured.has(feed)) continue;
    log.warn({ feed, fetchedAt }, 'the matcher holds a feed that is not configured; its advisories get old');
  }
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
