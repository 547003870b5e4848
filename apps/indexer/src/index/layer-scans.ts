import { setTimeout as sleep } from 'node:timers/promises';
import { ok, type Result } from '@clair/model';
import type { LayerError } from '@clair/oci';
import { type Database, withLease } from '@clair/postgres';
import { scannedLayers } from '../store/layers.ts';

/** A crashed replica's claim on a layer is free again after this. */
const LEASE_MS = 30_000;
const POLL_MS = 250;

export interface ClaimOptions {
  readonly db: Database;
  readonly indexState: string;
  /** Names this process among the replicas. */
  readonly holder: string;
  readonly signal: AbortSignal;
}

/**
 * Sees to it that no layer is fetched or scanned twice at once: within the process the second caller waits for the
 * first, and between replicas a lease decides. Whoever waited looks again, and does the work itself when the other
 * failed, because the other may have had a bad link or no right to the layer.
 */
export class LayerScans {
  readonly #running = new Map<string, Promise<unknown>>();

  /** After `ok`, the layer has a scan under the index state. `work` makes and stores it. */
  async ensure(
    digest: string,
    work: (signal: AbortSignal) => Promise<Result<void, LayerError>>,
    options: ClaimOptions,
  ): Promise<Result<void, LayerError>> {
    for (;;) {
      options.signal.throwIfAborted();
      const other = this.#running.get(digest);
      if (other === undefined) break;
      await other.catch(() => undefined);
    }
    const mine = this.#claim(digest, work, options);
    this.#running.set(digest, mine);
    try {
      return await mine;
    } finally {
      this.#running.delete(digest);
    }
  }

  async #claim(
    digest: string,
    work: (signal: AbortSignal) => Promise<Result<void, LayerError>>,
    options: ClaimOptions,
  ): Promise<Result<void, LayerError>> {
    for (;;) {
      options.signal.throwIfAborted();
      const lease = { name: `layer:${digest}`, holder: options.holder, ttlMs: LEASE_MS, signal: options.signal };
      const attempt = await withLease(options.db, lease, async (signal) => {
        const done = await scannedLayers(options.db, [digest], options.indexState);
        return done.has(digest) ? ok(undefined) : work(signal);
      });
      if (attempt.ran) return attempt.value;
      await sleep(POLL_MS, undefined, { signal: options.signal });
    }
  }
}
