import { type Database, migrate, openDatabase } from '@clair/postgres';
import { type ClairConfig, createLogger, createMetrics, type Metrics, readConfigValue } from '@clair/service-kit';
import { createUpdaterService, type UpdaterDeps, type UpdaterService } from '../service.ts';
import { migrations } from '../store/migrations.ts';
import type { RecordingMatcher } from './recording-matcher.ts';

export interface ConfigFixture {
  readonly sets?: readonly string[];
  /** Where both feeds are served. */
  readonly url: string;
  readonly limits?: Readonly<Record<string, unknown>>;
  readonly matcher?: Readonly<Record<string, unknown>>;
}

/** A configuration whose feeds are at `url`: `/debian.json`, and `/secdb/` with a listing. */
export function feedConfig({ sets = ['debian'], url, limits = {}, matcher = {} }: ConfigFixture): ClairConfig {
  const reading = readConfigValue({
    updaters: { sets, config: { debian: { json_url: `${url}/debian.json` }, alpine: { url: `${url}/secdb/` } } },
    updater: { limits },
    matcher,
  });
  if (!reading.ok) throw new Error(JSON.stringify(reading.error));
  return reading.value.config;
}

export async function openUpdaterDatabase(connstring: string): Promise<Database> {
  const db = openDatabase({ connstring, schema: 'updater', applicationName: 'updater-test' });
  await migrate(db, migrations);
  return db;
}

export interface ServiceFixture extends Pick<UpdaterDeps, 'db' | 'config'> {
  readonly matcher: RecordingMatcher;
  readonly clock?: () => number;
  readonly metrics?: Metrics;
  readonly leaseMs?: number;
}

export function updaterService({ matcher, ...fixture }: ServiceFixture): UpdaterService {
  const log = createLogger({ level: 'fatal', name: 'test' });
  const metrics = createMetrics({ processMetrics: false });
  return createUpdaterService({ log, metrics, clock: Date.now, ...fixture, matcher: matcher.client() });
}

/** A document of the Debian tracker: `count` records of one package each, the first `bad` of which nobody can read. */
export function debianDocument(count: number, { bad = 0, from = 1 } = {}): string {
  const records = Array.from({ length: count }, (_, index) => {
    const releases = { bookworm: { status: 'resolved', fixed_version: '1.2-3', urgency: 'medium' } };
    const id = `CVE-2024-${String(from + index).padStart(5, '0')}`;
    return [`package${from + index}`, { [id]: index < bad ? 'no record' : { description: 'a flaw', releases } }];
  });
  return JSON.stringify(Object.fromEntries(records));
}

/** A document of Alpine's secdb with one fixed vulnerability for each package named. */
export function alpineDocument(branch: string, repository: string, packages: readonly string[]): string {
  const entries = packages.map((name) => ({ pkg: { name, secfixes: { '1.2.3-r0': [`CVE-2024-${name.length}000`] } } }));
  return JSON.stringify({ distroversion: branch, reponame: repository, packages: entries });
}

export function alpineListing(branches: readonly string[]): string {
  return `<html><body>${branches.map((branch) => `<a href="${branch}/">${branch}/</a>`).join('\n')}</body></html>`;
}
