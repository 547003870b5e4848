import { join } from 'node:path';
import { migrations as indexerMigrations } from '@clair/indexer';
import { migrations as matcherMigrations } from '@clair/matcher';
import { migrations as notifierMigrations } from '@clair/notifier';
import { type Database, type Migration, migrate, openDatabase, startEmbeddedPostgres } from '@clair/postgres';
import type { ClairConfig, Logger, Mode } from '@clair/service-kit';
import { migrations as updaterMigrations } from '@clair/updater';

export type ServiceName = Exclude<Mode, 'combo'>;

export const SERVICE_NAMES: readonly ServiceName[] = ['indexer', 'matcher', 'updater', 'notifier'];

const MIGRATIONS: Readonly<Record<ServiceName, readonly Migration[]>> = {
  indexer: indexerMigrations,
  matcher: matcherMigrations,
  updater: updaterMigrations,
  notifier: notifierMigrations,
};

export interface Databases {
  readonly of: ReadonlyMap<ServiceName, Database>;
  /** Where the services' data is, for a person: a host, or the embedded server's directory. */
  readonly description: string;
  close(): Promise<void>;
}

export function servicesOf(mode: Mode): readonly ServiceName[] {
  return mode === 'combo' ? SERVICE_NAMES : [mode];
}

/**
 * The database of each service of the mode, its schema up to date where the configuration says so. Services without a
 * `connstring` (combo only) share an embedded server under `data_dir`, which is always migrated: it is ours alone.
 */
export async function openDatabases(config: ClairConfig, mode: Mode, log: Logger): Promise<Databases> {
  const services = servicesOf(mode);
  const needsEmbedded = services.some((service) => config[service].connstring === undefined);
  const dataDir = join(config.data_dir, 'postgres');
  const embedded = needsEmbedded ? await startEmbeddedPostgres({ dataDir, log }) : undefined;
  const databases = new Map<ServiceName, Database>();
  const close = async (): Promise<void> => {
    await Promise.all([...databases.values()].map((db) => db.close()));
    await embedded?.stop();
  };
  try {
    for (const service of services) {
      const connstring = config[service].connstring ?? embedded?.connstring ?? '';
      const db = openDatabase({ connstring, schema: service, applicationName: `clair-${service}`, log });
      databases.set(service, db);
      if (config[service].migrations || config[service].connstring === undefined)
        await migrateService(db, service, log);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { of: databases, description: embedded ? `embedded PostgreSQL in ${dataDir}` : 'PostgreSQL', close };
}

export async function migrateService(db: Database, service: ServiceName, log: Logger): Promise<void> {
  const applied = await migrate(db, MIGRATIONS[service]);
  if (applied.length > 0) log.info({ schema: service, applied }, 'schema migrated');
}
