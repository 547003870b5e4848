import { createHash } from 'node:crypto';
import { type IndexReport, inventoryToWire, type LayerSource, MANIFEST_INDEXED, makeEvent } from '@clair/contracts';
import { err, type Inventory, ok, type Result, Unavailable } from '@clair/model';
import { type AddressGuard, type LayerError, type LayerLimits, openLayer } from '@clair/oci';
import { type Database, enqueue, type Transaction } from '@clair/postgres';
import { MAPPING_UNAVAILABLE, needsRepositoryMapping, resolveInventory, type Scanner } from '@clair/scanners';
import type { Logger } from '@clair/service-kit';
import type { IndexerMetrics } from '../metrics.ts';
import { addLabels } from '../store/labels.ts';
import { loadLayerScans, saveLayerScan, scannedLayers } from '../store/layers.ts';
import { INTERRUPTED, loadReport, markFailed, markProgress, saveReport } from '../store/manifests.ts';
import type { LayerScans } from './layer-scans.ts';
import type { Manifest } from './manifest.ts';
import type { RepositoryMappings } from './repository-mappings.ts';
import { scanLayer } from './scan-layer.ts';

export interface IndexerDeps {
  readonly db: Database;
  readonly log: Logger;
  readonly metrics: IndexerMetrics;
  readonly clock: () => number;
  readonly scanners: readonly Scanner[];
  readonly indexState: string;
  readonly limits: LayerLimits;
  readonly guard: AddressGuard;
  readonly layerScans: LayerScans;
  readonly repositories: RepositoryMappings;
  readonly layerConcurrency: number;
  readonly holder: string;
  /** How long a layer stays claimed by a process that died. */
  readonly layerLeaseMs: number;
}

/** Which layer could not be had or read, and why. */
export interface IndexFailure {
  readonly layer: string;
  readonly error: LayerError;
}

/** Deletions between scanning and saving that are put up with, one after the other. */
const ATTEMPTS_MAX = 5;

export interface IndexRun {
  readonly signal: AbortSignal;
  /** Called when whoever asks for the manifest will find it: in progress, or finished by an earlier request. */
  readonly onRecorded: () => void;
}

/**
 * After `ok`, the manifest's report is stored, and so is the announcement of it. Layers that are known are not fetched
 * again, and a manifest that is known under the present index state is not even looked at. After `err`, a report with
 * the reason is stored in state `IndexError`, unless a good one of an earlier time is there to keep; after a rejection
 * as well, as far as the database can still be reached.
 */
export async function indexManifest(
  manifest: Manifest,
  deps: IndexerDeps,
  run: IndexRun,
): Promise<Result<IndexReport, IndexFailure>> {
  const stored = await loadReport(deps.db, manifest.digest);
  const isKnown = stored?.state === 'IndexFinished' && stored.indexState === deps.indexState;
  if (isKnown && !(await couldBeBetter(stored, deps))) {
    await addLabels(deps.db, manifest.digest, manifest.labels);
    return ok(stored);
  }
  await markProgress(deps.db, manifest.digest, { state: 'FetchLayers', indexState: deps.indexState });
  await addLabels(deps.db, manifest.digest, manifest.labels);
  run.onRecorded();
  try {
    return await scanAndSave(manifest, deps, run.signal);
  } catch (error) {
    // Nobody works on it any more, and its credentials are gone with the request. When the database is the trouble,
    // the sweep of abandoned manifests says the same later.
    await markFailed(deps.db, manifest.digest, INTERRUPTED).catch(() => undefined);
    throw error;
  }
}

/** An image that was resolved without the mapping of repositories, when there is one by now. Its layers are not read again. */
async function couldBeBetter({ problems }: IndexReport, { repositories }: IndexerDeps): Promise<boolean> {
  if (!problems.some(({ reason }) => reason.startsWith(MAPPING_UNAVAILABLE))) return false;
  return (await repositories.current()) !== undefined;
}

async function scanAndSave(
  manifest: Manifest,
  deps: IndexerDeps,
  signal: AbortSignal,
): Promise<Result<IndexReport, IndexFailure>> {
  const startedMs = deps.clock();
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const scans = await scanMissing(manifest, deps, signal);
    if (!scans.ok) {
      await refuse(manifest, scans.error, deps);
      return scans;
    }
    const report = await coalesce(manifest, deps);
    if (report === undefined) continue;
    deps.log.info(
      {
        manifest: manifest.digest,
        layers: manifest.layers.length,
        fetchedLayers: scans.value,
        packages: report.packages.length,
        problems: report.problems.length,
        durationMs: deps.clock() - startedMs,
      },
      'manifest indexed',
    );
    return ok(report);
  }
  throw new Unavailable(`layers of ${manifest.digest} were deleted ${ATTEMPTS_MAX} times while it was being indexed`);
}

async function refuse(manifest: Manifest, failure: IndexFailure, deps: IndexerDeps): Promise<void> {
  await markFailed(deps.db, manifest.digest, `layer ${failure.layer}: ${failure.error.message}`);
  deps.log.info({ manifest: manifest.digest, layer: failure.layer, reason: failure.error.kind }, 'manifest refused');
}

/** Resolves to the number of layers that were not known. The first failure ends the others, and all have ended then. */
async function scanMissing(
  manifest: Manifest,
  deps: IndexerDeps,
  signal: AbortSignal,
): Promise<Result<number, IndexFailure>> {
  const layers = [...new Map(manifest.layers.map((layer) => [layer.digest, layer])).values()];
  const digests = layers.map((layer) => layer.digest);
  const known = await scannedLayers(deps.db, digests, deps.indexState);
  const missing = layers.filter((layer) => !known.has(layer.digest));
  const queue = [...missing];
  const stop = new AbortController();
  const combined = AbortSignal.any([signal, stop.signal]);
  const endings: LayerEnding[] = [];
  const worker = async (): Promise<void> => {
    for (let layer = queue.shift(); layer !== undefined && !combined.aborted; layer = queue.shift()) {
      const ending = await endingOf(layer, deps, combined);
      if (ending === undefined) continue;
      endings.push(ending);
      stop.abort();
    }
  };
  await Promise.all(Array.from({ length: Math.min(deps.layerConcurrency, missing.length) }, worker));
  signal.throwIfAborted();
  const [first] = endings;
  if (first === undefined) return ok(missing.length);
  if (first.kind === 'thrown') throw first.error;
  return err(first.failure);
}

/** How the work on a layer ended when it did not end well. */
type LayerEnding =
  | { readonly kind: 'failed'; readonly failure: IndexFailure }
  | { readonly kind: 'thrown'; readonly error: unknown };

async function endingOf(layer: LayerSource, deps: IndexerDeps, signal: AbortSignal): Promise<LayerEnding | undefined> {
  try {
    const result = await ensureScan(layer, deps, signal);
    return result.ok ? undefined : { kind: 'failed', failure: { layer: layer.digest, error: result.error } };
  } catch (error) {
    return { kind: 'thrown', error };
  }
}

async function ensureScan(
  layer: LayerSource,
  deps: IndexerDeps,
  signal: AbortSignal,
): Promise<Result<void, LayerError>> {
  const work = async (workSignal: AbortSignal): Promise<Result<void, LayerError>> => {
    const startedMs = deps.clock();
    const source = { digest: layer.digest, uri: layer.uri, headers: layer.headers };
    const options = { limits: deps.limits, guard: deps.guard, signal: workSignal };
    const report = await scanLayer(layer.digest, () => openLayer(source, options), {
      scanners: deps.scanners,
      limits: deps.limits,
      signal: workSignal,
    });
    deps.metrics.layerScanned((deps.clock() - startedMs) / 1000, report);
    if (!report.ok) return report;
    await saveLayerScan(deps.db, { digest: layer.digest, indexState: deps.indexState, report: report.value });
    return ok(undefined);
  };
  const claim = { db: deps.db, indexState: deps.indexState, holder: deps.holder, leaseMs: deps.layerLeaseMs, signal };
  return deps.layerScans.ensure(layer.digest, work, claim);
}

/** The report, stored; `undefined` when a layer was deleted since it was scanned. */
async function coalesce(manifest: Manifest, deps: IndexerDeps): Promise<IndexReport | undefined> {
  const digests = manifest.layers.map((layer) => layer.digest);
  const scans = await loadLayerScans(deps.db, [...new Set(digests)], deps.indexState);
  const layers = digests.flatMap((digest) => {
    const report = scans.get(digest);
    return report === undefined ? [] : { digest, report };
  });
  if (layers.length < digests.length) return undefined;
  const mapping = needsRepositoryMapping(layers) ? await deps.repositories.current() : undefined;
  const inventory = resolveInventory(layers, deps.scanners, mapping);
  const report = finishedReport(manifest, inventory, deps);
  return deps.db.transaction(async (tx) => {
    const outcome = await saveReport(tx, report, inventory.packages);
    if (outcome.kind === 'layers-gone') return undefined;
    if (outcome.kind === 'saved') await announce(tx, report, { deps, occurrence: outcome.occurrence });
    return report;
  });
}

async function announce(
  tx: Transaction,
  report: IndexReport,
  { deps, occurrence }: { readonly deps: IndexerDeps; readonly occurrence: string },
): Promise<void> {
  const data = { manifest: report.manifestHash, inventoryHash: report.inventoryHash };
  const event = makeEvent(MANIFEST_INDEXED, data, { source: '/clair/indexer', timeMs: deps.clock(), occurrence });
  await enqueue(tx, { id: event.id, subject: event.type, body: event });
}

function finishedReport(manifest: Manifest, inventory: Inventory, deps: IndexerDeps): IndexReport {
  const wire = inventoryToWire(inventory);
  return {
    manifestHash: manifest.digest,
    state: 'IndexFinished',
    success: true,
    err: '',
    ...wire,
    inventoryHash: createHash('sha256').update(JSON.stringify(wire)).digest('hex'),
    indexState: deps.indexState,
    layers: manifest.layers.map((layer) => layer.digest),
    indexedAt: new Date(deps.clock()).toISOString(),
  };
}
