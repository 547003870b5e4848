import { createHash, randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { IndexerServiceDefinition, type IndexerServiceImplementation } from '@clair/contracts';
import { createGuard, type LayerLimits } from '@clair/oci';
import type { Database } from '@clair/postgres';
import { javaScanner, SCANNERS, type Scanner, scannerState } from '@clair/scanners';
import {
  bind,
  type ClairConfig,
  durationMs,
  type HttpServer,
  type Logger,
  type Metrics,
  repositoryScannerSettings,
  type Service,
} from '@clair/service-kit';
import { indexerImplementation } from './grpc/implementation.ts';
import { registerIndexerV1 } from './http/v1.ts';
import { registerIndexerV2 } from './http/v2.ts';
import { openJarIndex } from './index/jar-index.ts';
import { LayerScans } from './index/layer-scans.ts';
import { RepositoryMappings } from './index/repository-mappings.ts';
import { timedScanners } from './index/timed-scanners.ts';
import { Indexer } from './indexer.ts';
import { createIndexerMetrics } from './metrics.ts';
import { PackageCollector } from './package-collector.ts';
import { failAbandoned, forgetDeadJobs } from './store/jobs.ts';
import { forgetStrayLayers } from './store/manifests.ts';

const STRAY_LAYER_MS = 7 * 24 * 60 * 60_000;
const SWEEP_MS = 10 * 60_000;
const LAYER_LEASE_MS = 30_000;

export interface IndexerServiceDeps {
  readonly config: ClairConfig;
  readonly db: Database;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly clock: () => number;
  /** How long a layer stays claimed by a process that died. Default 30,000; at least 300. */
  readonly layerLeaseMs?: number;
}

export interface IndexerService extends Service {
  readonly implementation: IndexerServiceImplementation;
}

/** The indexer: manifest in, layers read once each, inventory and reverse index out. */
export function createIndexerService(services: IndexerServiceDeps): IndexerService {
  const { config, db, log, metrics, clock } = services;
  const { indexer: settings } = config;
  const guard = createGuard({
    allowPrivate: settings.allow_private,
    allowLoopback: settings.allow_loopback ?? false,
    privateOnly: settings.airgap,
    keys: {
      private: 'indexer.allow_private',
      loopback: 'indexer.allow_loopback',
      allowedHosts: 'indexer.allowed_hosts',
    },
    ...(settings.allowed_hosts === undefined ? {} : { allowedHosts: settings.allowed_hosts }),
  });
  // The operator's own address, which `allowed_hosts` (of layers) says nothing of.
  const mappingGuard = createGuard({ allowPrivate: true, allowLoopback: true, privateOnly: settings.airgap });
  const repositories = new RepositoryMappings({
    settings: repositoryScannerSettings(config),
    guard: mappingGuard,
    log,
    clock,
  });
  const indexerMetrics = createIndexerMetrics(metrics);
  const scanners = configuredScanners(settings.java_index_file);
  const { layerLeaseMs = LAYER_LEASE_MS } = services;
  const deps = {
    db,
    log,
    clock,
    metrics: indexerMetrics,
    scanners: timedScanners(scanners, indexerMetrics.fileRead),
    // 32 hex digits, as Clair's clients know it.
    indexState: createHash('sha256').update(scannerState(scanners)).digest('hex').slice(0, 32),
    limits: layerLimits(settings.limits),
    guard,
    layerScans: new LayerScans(),
    repositories,
    layerConcurrency: settings.layer_scan_concurrency,
    holder: randomUUID(),
    layerLeaseMs,
    // Longer, because losing it ends the work, and of a layer only the attempt: a database may be away for half a minute.
    jobLeaseMs: 2 * layerLeaseMs,
  };
  const indexer = new Indexer(deps, requestsMax(settings.index_report_request_concurrency));
  const implementation = indexerImplementation(indexer);
  const packages = new PackageCollector({ db, log, metrics: indexerMetrics, holder: deps.holder });
  let sweeping: NodeJS.Timeout | undefined;
  return {
    name: 'indexer',
    grpc: [bind(IndexerServiceDefinition, implementation)],
    implementation,
    registerHttp(server: HttpServer) {
      registerIndexerV1(server, indexer, { log });
      registerIndexerV2(server, indexer, { guard, insecureRegistries: settings.insecure_registries ?? [] });
    },
    checks: [{ name: 'postgres', check: () => db.ping() }],
    async start() {
      await sweep(db);
      sweeping = setInterval(() => {
        sweep(db).catch((error: unknown) => log.warn({ err: error }, 'abandoned manifests not looked for'));
      }, SWEEP_MS);
      packages.start();
    },
    async stop() {
      clearInterval(sweeping);
      await packages.stop();
      repositories.stop();
      await indexer.stop();
      await guard.close();
      await mappingGuard.close();
    },
  };
}

/** All of them; Java's with the index of archives, where the operator has one. */
function configuredScanners(javaIndexFile: string | undefined): readonly Scanner[] {
  if (javaIndexFile === undefined || javaIndexFile === '') return SCANNERS;
  const java = javaScanner(openJarIndex(javaIndexFile));
  return SCANNERS.map((scanner) => (scanner.id === java.id ? java : scanner));
}

/** What processes that died, and manifests that could not be indexed, have left. */
async function sweep(db: Database): Promise<void> {
  await failAbandoned(db);
  await forgetDeadJobs(db);
  await forgetStrayLayers(db, STRAY_LAYER_MS);
}

/** Clair's meaning: 0 is four for each processor, below 0 is no limit. */
function requestsMax(configured: number): number {
  if (configured < 0) return Number.POSITIVE_INFINITY;
  return configured === 0 ? 4 * availableParallelism() : configured;
}

function layerLimits(limits: ClairConfig['indexer']['limits']): LayerLimits {
  return {
    blobBytes: limits.blob_bytes,
    tarBytes: limits.tar_bytes,
    ratio: limits.ratio,
    entries: limits.entries,
    pathBytes: limits.path_bytes,
    fileBytes: limits.file_bytes,
    memoryBytes: limits.memory_bytes,
    timeoutMs: durationMs(limits.timeout),
    idleMs: durationMs(limits.idle_timeout),
  };
}
