import { type IndexerServiceClient, IndexerServiceDefinition } from '@clair/contracts';
import { invariant } from '@clair/model';
import { type Database, migrate, openDatabase } from '@clair/postgres';
import {
  createHttpServer,
  createLogger,
  createMetrics,
  type HttpServer,
  inProcessClient,
  readConfigValue,
} from '@clair/service-kit';
import { createIndexerService } from '../service.ts';
import { migrations } from '../store/migrations.ts';

export const REPORTS = '/indexer/api/v1/index_report';

export interface TestIndexerOptions {
  readonly connstring: string;
  /** The `indexer` block. */
  readonly indexer?: object;
  readonly layerLeaseMs?: number;
}

/** An indexer as a process has it, but for the ports. */
export interface TestIndexer {
  readonly db: Database;
  readonly server: HttpServer;
  readonly client: IndexerServiceClient;
  /** Sends a Clair manifest. */
  post(manifest: unknown, headers?: Record<string, string>): Promise<TestAnswer>;
  get(path: string, headers?: Record<string, string>): Promise<TestAnswer>;
  close(): Promise<void>;
}

export interface TestAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects to be there.
  json(): any;
}

/** Migrates the database and starts an indexer on it that may fetch from this machine. */
export async function startTestIndexer(options: TestIndexerOptions): Promise<TestIndexer> {
  const read = readConfigValue({ indexer: { allow_loopback: true, ...options.indexer } });
  invariant(read.ok, read.ok ? '' : JSON.stringify(read.error));
  const { config } = read.value;
  const log = createLogger({ level: 'fatal', name: 'test' });
  const metrics = createMetrics({ processMetrics: false });
  const db = openDatabase({ connstring: options.connstring, schema: 'indexer', applicationName: 'indexer-test' });
  await migrate(db, migrations);
  const { layerLeaseMs } = options;
  const service = createIndexerService({
    config,
    db,
    log,
    metrics,
    clock: Date.now,
    ...(layerLeaseMs !== undefined && { layerLeaseMs }),
  });
  const server = await createHttpServer({ config, log, metrics });
  service.registerHttp(server);
  await service.start();
  return {
    db,
    server,
    client: inProcessClient(IndexerServiceDefinition, service.implementation),
    post: (payload, headers = {}) =>
      server.inject({ method: 'POST', url: REPORTS, payload: JSON.stringify(payload), headers }),
    get: (url, headers = {}) => server.inject({ url, headers }),
    async close() {
      await service.stop();
      await server.close();
      await db.close();
    },
  };
}
