import { createHash } from 'node:crypto';
import { type IndexReport, inventoryToWire, MANIFEST_INDEXED, makeEvent } from '@clair/contracts';
import { err, type Inventory, type LayerReport, ok, type Result } from '@clair/model';
import { type AddressGuard, type LayerError, type LayerLimits, openLayer } from '@clair/oci';
import { type Database, enqueue } from '@clair/postgres';
import { resolveInventory, type Scanner } from '@clair/scanners';
import type { Logger } from '@clair/service-kit';
import type { IndexerMetrics } from '../metrics.ts';
import { loadLayerScans, saveLayerScan, scannedLayers } from '../store/layers.ts';
import { loadReport, markFailed, markProgress, saveReport } from '../store/manifests.ts';
import type { LayerScans } from './layer-scans.ts';
import type { Manifest, ManifestLayer } from './manifest.ts';
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
  readonly layerConcurrency: number;
  readonly holder: string;
}

/** Which layer could not be had or read, and why. */
export interface IndexFailure {
  readonly layer: string;
  readonly error: LayerError;
}

/**
 * After `ok`, the manifest's report is stored, and so is the announcement of it. Layers that are known are not fetched
 * again, and a manifest that is known under the present index state is not even looked at. After `err`, a report with
 * the reason is stored in state `IndexError`, unless a good one of an earlier time is there to keep.
 */
export async function indexManifest(
  manifest: Manifest,
  deps: IndexerDeps,
  signal: AbortSignal,
): Promise<Result<IndexReport, IndexFailure>> {
  const stored = await loadReport(deps.db, manifest.digest);
  if (stored?.state === 'IndexFinished' && stored.indexState === deps.indexState) return ok(stored);
  const startedMs = deps.clock();
  await markProgress(deps.db, manifest.digest, { state: 'FetchLayers', indexState: deps.indexState });
  const scans = await scanMissing(manifest, deps, signal);
  if (!scans.ok) {
    await markFailed(deps.db, manifest.digest, `layer ${scans.error.layer}: ${scans.error.error.message}`);
    deps.log.info(
      { manifest: manifest.digest, layer: scans.error.layer, reason: scans.error.error.kind },
      'manifest refused',
    );
    return scans;
  }
  const report = await coalesce(manifest, deps);
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

/** Resolves to the number of layers that were fetched. The first failure ends the others. */
async function scanMissing(
  manifest: Manifest,
  deps: IndexerDeps,
  signal: AbortSignal,
): Promise<Result<number, IndexFailure>> {
  const layers = [...new Map(manifest.layers.map((layer) => [layer.digest, layer])).values()];
  const known = await scannedLayers(
    deps.db,
    layers.map((layer) => layer.digest),
    deps.indexState,
  );
  const missing = layers.filter((layer) => !known.has(layer.digest));
  const stop = new AbortController();
  const combined = AbortSignal.any([signal, stop.signal]);
  let failure: IndexFailure | undefined;
  const queue = [...missing];
  const worker = async (): Promise<void> => {
    for (let layer = queue.shift(); layer !== undefined; layer = queue.shift()) {
      if (combined.aborted) return;
      const result = await ensureScan(layer, deps, combined).catch((error: unknown) => {
        if (failure !== undefined) return ok(undefined);
        stop.abort();
        throw error;
      });
      if (result.ok || failure !== undefined) continue;
      failure = { layer: layer.digest, error: result.error };
      stop.abort();
    }
  };
  await Promise.all(Array.from({ length: Math.min(deps.layerConcurrency, missing.length) }, worker));
  signal.throwIfAborted();
  return failure === undefined ? ok(missing.length) : err(failure);
}

async function ensureScan(
  layer: ManifestLayer,
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
  const claim = { db: deps.db, indexState: deps.indexState, holder: deps.holder, signal };
  return deps.layerScans.ensure(layer.digest, work, claim);
}

async function coalesce(manifest: Manifest, deps: IndexerDeps): Promise<IndexReport> {
  const digests = manifest.layers.map((layer) => layer.digest);
  const scans = await loadLayerScans(deps.db, [...new Set(digests)], deps.indexState);
  const layers = digests.map((digest) => ({ digest, report: requireScan(scans, digest) }));
  const inventory = resolveInventory(layers);
  const report = finishedReport(manifest, inventory, deps);
  await deps.db.transaction(async (tx) => {
    await saveReport(tx, report, inventory.packages);
    const data = { manifest: report.manifestHash, inventoryHash: report.inventoryHash };
    const event = makeEvent(MANIFEST_INDEXED, data, { source: '/clair/indexer', timeMs: deps.clock() });
    await enqueue(tx, { id: event.id, subject: event.type, body: event });
  });
  return report;
}

function requireScan(scans: ReadonlyMap<string, LayerReport>, digest: string): LayerReport {
  const scan = scans.get(digest);
  if (scan === undefined)
    throw new Error(`the scan of layer ${digest} was deleted while its manifest was being indexed`);
  return scan;
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
