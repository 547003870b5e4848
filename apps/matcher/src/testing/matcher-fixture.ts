import { type IndexerServiceClient, type IndexReport, inventoryToWire } from '@clair/contracts';
import type { Inventory, InventoryPackage } from '@clair/model';
import type { Database } from '@clair/postgres';
import { createMetrics, ServiceError } from '@clair/service-kit';
import type { MatcherDeps } from '../matcher-deps.ts';
import { createMatcherMetrics } from '../matcher-metrics.ts';
import { createReportCaches } from '../report-caches.ts';

export const MANIFEST = `sha256:${'a'.repeat(64)}`;
export const LAYER = `sha256:${'b'.repeat(64)}`;
export const NOW_MS = Date.parse('2024-06-01T06:00:00Z');

/** A binary package of Debian 12. */
export function installed(name: string, fields: Partial<InventoryPackage> = {}): InventoryPackage {
  return {
    name,
    version: '3.0.9-1',
    type: 'deb',
    scheme: 'dpkg',
    namespace: 'debian:12',
    arch: 'amd64',
    module: '',
    cpes: [],
    owner: '',
    source: { name, version: fields.version ?? '3.0.9-1' },
    locations: [{ path: 'var/lib/dpkg/status', introducedIn: LAYER, layer: LAYER }],
    ...fields,
  };
}

export function inventory(fields: Partial<Inventory> = {}): Inventory {
  return {
    packages: [],
    distributions: [
      {
        did: 'debian',
        name: 'Debian GNU/Linux',
        version: '12 (bookworm)',
        versionCodeName: 'bookworm',
        versionId: '12',
        arch: '',
        cpe: '',
        prettyName: 'Debian GNU/Linux 12 (bookworm)',
        namespace: 'debian:12',
      },
    ],
    problems: [],
    ...fields,
  };
}

export interface FakeIndexer extends IndexerServiceClient {
  /** How often a whole report was asked for. */
  readonly reportsAsked: () => number;
}

/** An indexer that knows one manifest. */
export function fakeIndexer(known: Inventory, fields: Partial<IndexReport> = {}): FakeIndexer {
  let asked = 0;
  const report: IndexReport = {
    manifestHash: MANIFEST,
    state: 'IndexFinished',
    success: true,
    err: '',
    ...inventoryToWire(known),
    inventoryHash: 'c'.repeat(64),
    indexState: 'state',
    layers: [LAYER],
    indexedAt: '2024-05-01T00:00:00Z',
    ...fields,
  };
  const requireKnown = (hash: string | undefined) => {
    if (hash !== MANIFEST) throw new ServiceError('not-found', `${hash} is not indexed`);
  };
  const unused = () => {
    throw new Error('the matcher has no business here');
  };
  return {
    reportsAsked: () => asked,
    async getInventoryHash({ hash }) {
      requireKnown(hash);
      return { inventoryHash: report.inventoryHash, state: report.state };
    },
    async getIndexReport({ hash }) {
      requireKnown(hash);
      asked += 1;
      return { report };
    },
    indexManifest: unused,
    getIndexState: unused,
    deleteManifests: unused,
    findAffectedManifests: unused,
  };
}

export function matcherDeps(db: Database, indexer: IndexerServiceClient, nowMs = NOW_MS): MatcherDeps {
  return {
    db,
    indexer,
    clock: () => nowMs,
    caches: createReportCaches(10_000_000),
    joinsEnrichments: true,
    metrics: createMatcherMetrics(createMetrics({ processMetrics: false })),
    log: { info() {}, warn() {}, error() {} },
  };
}
