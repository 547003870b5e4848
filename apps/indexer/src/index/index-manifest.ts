import { createHash } from 'node:crypto';
import { type IndexReport, inventoryToWire, type LayerSource, MANIFEST_INDEXED, makeEvent } from '@clair/contracts';
import { err, type Inventory, invariant, ok, type Result, Unavailable } from '@clair/model';
import { type AddressGuard, type LayerError, type LayerLimits, openLayer } from '@clair/oci';
import { type Database, enqueue, type Transaction, withLease } from '@clair/postgres';
import { MAPPING_UNAVAILABLE, needsRepositoryMapping, resolveInventory, type Scanner } from '@clair/scanners';
import { type Logger, ServiceError } from '@clair/service-kit';
import type { IndexerMetrics } from '../metrics.ts';
import { failAbandoned, holdManifest, INTERRUPTED, jobLeaseName, markFailed, markProgress } from '../store/jobs.ts';
import { addLabels } from '../store/labels.ts';
import { loadLayerScans, saveLayerScan, scannedLayers } from '../store/layers.ts';
import { loadReport, saveReport } from '../store/manifests.ts';
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
  /** How long after the death of its process an index request still seems to be worked on. */
  readonly jobLeaseMs: number;
}

/** Which layer could not be had or read, and why; or that nobody wants the report any more. */
export type IndexFailure =
  | { readonly kind: 'layer'; readonly layer: string; readonly error: LayerError }
  | { readonly kind: 'deleted' };

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
 * as well, as far as the database can still be reached. A manifest that is deleted meanwhile stays deleted.
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
  return asJob(manifest, deps, run);
}

/** An index request under a lease of its own, by which readers and the sweep tell that somebody is at work on the manifest. */
async function asJob(manifest: Manifest, deps: IndexerDeps, run: IndexRun): Promise<Result<IndexReport, IndexFailure>> {
  const { db, holder, jobLeaseMs: ttlMs } = deps;
  const lease = { name: jobLeaseName(manifest.digest), holder, ttlMs, signal: run.signal };
  let held: AbortSignal | undefined;
  try {
    const job = await withLease(db, lease, (signal) => {
      held = signal;
      return record(manifest, deps, { ...run, signal });
    });
    invariant(job.ran, 'nobody else has a lease of this name');
    return job.value;
  } catch (error) {
    // Its credentials are gone with the request. When the database is the trouble, whoever reads the row later is told the same.
    await failAbandoned(db, manifest.digest).catch(() => undefined);
    const isLost = held?.aborted === true && error === held.reason && !run.signal.aborted;
    if (!isLost) throw error;
    deps.log.warn({ manifest: manifest.digest }, 'lease of an index request lost, and its work ended');
    throw new ServiceError('unavailable', INTERRUPTED, { cause: error });
  }
}

async function record(
  manifest: Manifest,
  deps: IndexerDeps,
  run: IndexRun,
): Promise<Result<IndexReport, IndexFailure>> {
  const progress = { state: 'FetchLayers', indexState: deps.indexState };
  const id = await markProgress(deps.db, manifest.digest, progress);
  await addLabels(deps.db, manifest.digest, manifest.labels);
  run.onRecorded();
  return scanAndSave({ manifest, id }, deps, run.signal);
}

/** A manifest that is being indexed, and the row that says so. */
interface Job {
  readonly manifest: Manifest;
  readonly id: number;
}

/** An image that was resolved without the mapping of repositories, when there is one by now. Its layers are not read again. */
async function couldBeBetter({ problems }: IndexReport, { repositories }: IndexerDeps): Promise<boolean> {
  if (!problems.some(({ reason }) => reason.startsWith(MAPPING_UNAVAILABLE))) return false;
  return (await repositories.current()) !== undefined;
}

async function scanAndSave(
  job: Job,
  deps: IndexerDeps,
  signal: AbortSignal,
): Promise<Result<IndexReport, IndexFailure>> {
  const { manifest } = job;
  const startedMs = deps.clock();
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const scans = await scanMissing(manifest, deps, signal);
    if (!scans.ok) {
      await refuse(job, scans.error, deps);
      return err({ kind: 'layer', ...scans.error });
    }
    const outcome = await coalesce(job, deps, signal);
    if (outcome.kind === 'layers-gone') continue;
    if (outcome.kind === 'deleted') {
      deps.log.info({ manifest: manifest.digest }, 'manifest deleted while it was indexed');
      return err({ kind: 'deleted' });
    }
    logIndexed(outcome.report, { fetchedLayers: scans.value, durationMs: deps.clock() - startedMs }, deps.log);
    return ok(outcome.report);
  }
  throw new Unavailable(`layers of ${manifest.digest} were deleted ${ATTEMPTS_MAX} times while it was being indexed`);
}

function logIndexed(
  report: IndexReport,
  facts: { readonly fetchedLayers: number; readonly durationMs: number },
  log: Logger,
): void {
  const { manifestHash: manifest, layers, packages, problems } = report;
  const counts = { layers: layers.length, packages: packages.length, problems: problems.length };
  log.info({ manifest, ...counts, ...facts }, 'manifest indexed');
}

async function refuse({ manifest, id }: Job, { layer, error }: LayerFailure, deps: IndexerDeps): Promise<void> {
  await markFailed(deps.db, id, `layer ${layer}: ${error.message}`);
  deps.log.info({ manifest: manifest.digest, layer, reason: error.kind }, 'manifest refused');
}

interface LayerFailure {
  readonly layer: string;
  readonly error: LayerError;
}

/** Resolves to the number of layers that were not known. The first failure ends the others, and all have ended then. */
async function scanMissing(
  manifest: Manifest,
  deps: IndexerDeps,
  signal: AbortSignal,
): Promise<Result<number, LayerFailure>> {
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
  | { readonly kind: 'failed'; readonly failure: LayerFailure }
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

type Coalesced =
  | { readonly kind: 'stored'; readonly report: IndexReport }
  /** A layer was deleted since it was scanned. */
  | { readonly kind: 'layers-gone' }
  | { readonly kind: 'deleted' };

async function coalesce({ manifest, id }: Job, deps: IndexerDeps, signal: AbortSignal): Promise<Coalesced> {
  const digests = manifest.layers.map((layer) => layer.digest);
  const scans = await loadLayerScans(deps.db, [...new Set(digests)], deps.indexState);
  const layers = digests.flatMap((digest) => {
    const report = scans.get(digest);
    return report === undefined ? [] : { digest, report };
  });
  if (layers.length < digests.length) return { kind: 'layers-gone' };
  const mapping = needsRepositoryMapping(layers) ? await deps.repositories.current() : undefined;
  const inventory = resolveInventory(layers, deps.scanners, mapping);
  const report = finishedReport(manifest, inventory, deps);
  signal.throwIfAborted();
  return deps.db.transaction(async (tx) => {
    if (!(await holdManifest(tx, id))) return { kind: 'deleted' };
    const outcome = await saveReport(tx, report, inventory.packages);
    if (outcome.kind === 'layers-gone') return outcome;
    if (outcome.kind === 'saved') await announce(tx, report, { deps, occurrence: outcome.occurrence });
    return { kind: 'stored', report };
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
