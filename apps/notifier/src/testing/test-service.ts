import { createInProcessBus, type EventBus } from '@clair/bus';
import { invariant } from '@clair/model';
import type { Database } from '@clair/postgres';
import { type ClairConfig, createLogger, createMetrics, readConfigValue } from '@clair/service-kit';
import { createNotifierService, type NotifierDependencies, type NotifierService } from '../service.ts';
import { fakeClients } from './fake-clients.ts';
import type { World } from './world.ts';

/** The checked configuration of a document; only a test's own mistake makes it throw. */
export function testConfig(document: unknown): ClairConfig {
  const read = readConfigValue(document);
  invariant(read.ok, read.ok ? '' : JSON.stringify(read.error));
  return read.value.config;
}

export interface TestServiceOptions {
  readonly db: Database;
  readonly world: () => World;
  /** The `notifier` block. */
  readonly notifier?: object;
  readonly auth?: object;
  /** Whether NATS is configured, whatever the bus is. Default true. */
  readonly nats?: boolean;
  readonly bus?: EventBus;
  readonly pause?: () => Promise<void>;
  readonly clock?: () => number;
  readonly takeOver?: NotifierDependencies['takeOver'];
}

/** Others take over the work of a process that died almost at once. */
export const QUICK_TAKE_OVER = { leaseTtlMs: 500, claimMs: 700 } as const;

/** A notifier on fakes of the matcher and the indexer. */
export function testService(options: TestServiceOptions): NotifierService {
  const { db, world, notifier = {}, auth, nats = true, pause, takeOver, clock = Date.now } = options;
  const log = createLogger({ level: 'fatal', name: 'test' });
  const dependencies: NotifierDependencies = {
    config: testConfig({ notifier, ...(auth && { auth }), ...(nats && { nats: { servers: ['nats://127.0.0.1:1'] } }) }),
    db,
    bus: options.bus ?? createInProcessBus({ log }),
    log,
    metrics: createMetrics({ processMetrics: false }),
    clock,
    ...(takeOver && { takeOver }),
    ...fakeClients(world, pause),
  };
  return createNotifierService(dependencies);
}
