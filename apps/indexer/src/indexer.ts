import type { IndexReport } from '@clair/contracts';
import { MANIFEST_DELETED, makeEvent } from '@clair/contracts';
import { parseDigest } from '@clair/model';
import type { LayerError } from '@clair/oci';
import { type Database, enqueue } from '@clair/postgres';
import { ServiceError } from '@clair/service-kit';
import { type IndexerDeps, type IndexFailure, type IndexRun, indexManifest } from './index/index-manifest.ts';
import { parseLabels } from './index/labels.ts';
import { type Manifest, parseManifest, type UncheckedManifest } from './index/manifest.ts';
import { INTERRUPTED } from './store/jobs.ts';
import { addLabels } from './store/labels.ts';
import { deleteManifests, loadReport, loadState, type ManifestState } from './store/manifests.ts';

const DELETE_MAX = 10_000;

interface Acceptance {
  readonly done: Promise<IndexReport>;
  /** Whoever asks for the manifest finds it from then on. */
  readonly recorded: Promise<void>;
}

/** The use cases of the indexer, shared by HTTP and gRPC. Everything here throws {@link ServiceError} for its caller's mistakes. */
export class Indexer {
  readonly #deps: IndexerDeps;
  readonly #requestsMax: number;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<IndexReport>>();

  constructor(deps: IndexerDeps, requestsMax: number) {
    this.#deps = deps;
    this.#requestsMax = requestsMax;
  }

  get db(): Database {
    return this.#deps.db;
  }

  get indexState(): string {
    return this.#deps.indexState;
  }

  /** Resolves with the report when it is stored. Rejects as {@link begin} does, and when a layer is refused. */
  async index(request: UncheckedManifest, signal: AbortSignal): Promise<IndexReport> {
    return this.#accept(request, signal).done;
  }

  /**
   * Resolves when the work was accepted and the manifest can be asked for; `done` is the work itself. Rejects with `invalid-argument` for a manifest that is none, and with
   * `resource-exhausted` when more index requests run than the configuration allows.
   */
  async begin(request: UncheckedManifest): Promise<{ readonly done: Promise<IndexReport> }> {
    const { done, recorded } = this.#accept(request, this.#stopping.signal);
    await Promise.race([recorded, done]);
    return { done };
  }

  /** Adds labels to a manifest that is there; rejects with `invalid-argument` for labels that are none. */
  async label({ hash, labels = {} }: UncheckedManifest): Promise<void> {
    const checked = parseLabels(labels);
    if (!checked.ok) throw new ServiceError('invalid-argument', `bogus manifest: ${checked.error}`);
    await addLabels(this.#deps.db, hash, checked.value);
  }

  /** Ends all index requests; resolves when none runs any more. Further ones are refused. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.allSettled(this.#running);
  }

  #accept(request: UncheckedManifest, signal: AbortSignal): Acceptance {
    const manifest = parseManifest(request);
    if (!manifest.ok) throw new ServiceError('invalid-argument', `bogus manifest: ${manifest.error}`);
    if (this.#running.size >= this.#requestsMax) {
      this.#deps.metrics.limited();
      throw new ServiceError('resource-exhausted', `${this.#requestsMax} index requests are running; try again later`);
    }
    const { promise: recorded, resolve: onRecorded } = Promise.withResolvers<void>();
    const done = this.#run(manifest.value, { signal: AbortSignal.any([signal, this.#stopping.signal]), onRecorded });
    this.#running.add(done);
    const forget = () => this.#running.delete(done);
    done.then(forget, forget);
    return { done, recorded };
  }

  async #run(manifest: Manifest, run: IndexRun): Promise<IndexReport> {
    try {
      run.signal.throwIfAborted();
      const result = await indexManifest(manifest, this.#deps, run);
      if (!result.ok) throw this.#failure(manifest.digest, result.error);
      this.#deps.metrics.manifestIndexed('finished');
      return result.value;
    } catch (error) {
      if (error instanceof ServiceError && error.kind !== 'unavailable') throw error;
      const isInterrupted = run.signal.aborted || error instanceof ServiceError;
      this.#deps.metrics.manifestIndexed(isInterrupted ? 'interrupted' : 'error');
      throw isInterrupted ? new ServiceError('unavailable', INTERRUPTED, { cause: error }) : error;
    }
  }

  #failure(digest: string, failure: IndexFailure): ServiceError {
    if (failure.kind === 'layer') {
      this.#deps.metrics.manifestIndexed('refused');
      return refusal(failure);
    }
    this.#deps.metrics.manifestIndexed('interrupted');
    const message = `manifest ${digest} was deleted while it was being indexed; send it again if it is wanted`;
    return new ServiceError('conflict', message);
  }

  async report(digest: string): Promise<IndexReport | undefined> {
    return loadReport(this.#deps.db, checkDigest(digest));
  }

  async state(digest: string): Promise<ManifestState | undefined> {
    return loadState(this.#deps.db, checkDigest(digest));
  }

  /** Resolves to the digests that were there. Idempotent. */
  async delete(digests: readonly string[]): Promise<string[]> {
    if (digests.length > DELETE_MAX) {
      throw new ServiceError('invalid-argument', `${digests.length} digests; at most ${DELETE_MAX} at once`);
    }
    for (const digest of digests) checkDigest(digest);
    const { db, clock } = this.#deps;
    return db.transaction(async (tx) => {
      const gone = await deleteManifests(tx, digests);
      for (const { id, digest } of gone) {
        const origin = { source: '/clair/indexer', timeMs: clock(), occurrence: String(id) };
        const event = makeEvent(MANIFEST_DELETED, { manifest: digest }, origin);
        await enqueue(tx, { id: event.id, subject: event.type, body: event });
      }
      return gone.map(({ digest }) => digest);
    });
  }
}

function checkDigest(text: string): string {
  const digest = parseDigest(text);
  if (digest.ok) return digest.value;
  throw new ServiceError('invalid-argument', `${JSON.stringify(text.slice(0, 100))} is not a manifest digest`);
}

/** A layer that is not what it should be is the sender's to mend; one that could not be had (a connection broke, too) may be had later. */
const CALLER_MUST_MEND: ReadonlySet<LayerError['kind']> = new Set<LayerError['kind']>([
  'digest-mismatch',
  'not-a-tar',
  'truncated',
  'limit',
  'forbidden-address',
  'unsupported-compression',
  'bad-url',
]);

function refusal(failure: Extract<IndexFailure, { kind: 'layer' }>): ServiceError {
  const { kind, message, retryable } = failure.error;
  const isCallers = CALLER_MUST_MEND.has(kind) && !retryable;
  return new ServiceError(isCallers ? 'invalid-argument' : 'failed-precondition', `layer ${failure.layer}: ${message}`);
}
