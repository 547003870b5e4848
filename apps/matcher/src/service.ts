import {
  type IndexerServiceClient,
  MatcherServiceDefinition,
  type MatcherServiceImplementation,
} from '@clair/contracts';
import type { Database } from '@clair/postgres';
import { bind, type ClairConfig, durationMs, type Logger, type Metrics, type Service } from '@clair/service-kit';
import { createImplementation } from './grpc/implementation.ts';
import { registerSbomReport } from './http/sbom-report.ts';
import { registerOperationsV1 } from './http/v1-operations.ts';
import { registerReportV1 } from './http/v1-report.ts';
import { registerV2 } from './http/v2.ts';
import type { MatcherDeps } from './matcher-deps.ts';
import { createMatcherMetrics } from './matcher-metrics.ts';
import { createReportCaches } from './report-caches.ts';
import { scheduleRetention } from './retention.ts';

export interface MatcherServiceOptions {
  readonly config: ClairConfig;
  readonly db: Database;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly indexer: IndexerServiceClient;
}

export interface MatcherService extends Service {
  readonly implementation: MatcherServiceImplementation;
}

const CACHE_BYTES = 128 * 1024 * 1024;

/**
 * The matcher, ready to be served; nothing runs before `start`, which begins to forget old history. Events are
 * left in the outbox for the process to publish. The schema is expected to be migrated.
 */
export function createMatcherService(options: MatcherServiceOptions): MatcherService {
  const { config, db, log } = options;
  const deps: MatcherDeps = {
    db,
    log,
    indexer: options.indexer,
    clock: options.clock,
    metrics: createMatcherMetrics(options.metrics),
    caches: createReportCaches(CACHE_BYTES),
    joinsEnrichments: !config.matcher.disable_enrichment,
  };
  const implementation = createImplementation(deps);
  const cacheSeconds = Math.floor(durationMs(config.matcher.cache_age ?? config.matcher.period) / 1_000);
  let retention: { stop(): Promise<void> } | undefined;
  return {
    name: 'matcher',
    implementation,
    grpc: [bind(MatcherServiceDefinition, implementation)],
    registerHttp(server) {
      registerReportV1(server, deps, cacheSeconds);
      registerOperationsV1(server, deps);
      registerV2(server, deps);
      registerSbomReport(server, deps);
    },
    checks: [{ name: 'matcher-database', check: () => db.ping() }],
    async start() {
      retention = scheduleRetention({
        ...deps,
        operationsMax: config.matcher.update_retention,
        ageMaxMs: durationMs(config.matcher.update_retention_age),
      });
    },
    async stop() {
      await retention?.stop();
    },
  };
}
