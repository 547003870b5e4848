import { setTimeout as sleep } from 'node:timers/promises';
import { ok, type Result } from '@clair/model';
import type { LayerError } from '@clair/oci';
import { type Database, withLease } from '@clair/postgres';
import { scannedLayers } from '../store/layers.ts';

const POLL_MS = 250;

export interface ClaimOptions {
  readonly db: Database;
  readonly indexState: string;
  /** Names this process among the replicas. */
  readonly holder: string;
  /** A crashed replica's claim on a layer is free again after this. */
  readonly leaseMs: number;
  readonly signal: AbortSignal;
}

/**
 * Sees to it that no layer is fetched or scanned twice at once: within the process the second caller waits for the
 * first, and between replicas a lease decides. Whoever waited looks again, and does the work itself when the other
 * failed, because the other may have had a bad link or no right to the layer.
 */
export class LayerScans {
  readonly #running = new Map<string, Promise<unknown>>();

  /**
   * After `ok`, the layer has a scan under the index state. `work` makes and stores it. Rejects with the reason of the
   * signal as soon as that aborts, also while another caller works on the layer.
   */
  async ensure(
    digest: string,
    work: (signal: AbortSignal) => Promise<Result<void, LayerError>>,
    options: ClaimOptions,
  ): Promise<Result<void, LayerError>> {
    for (;;) {
      options.signal.throwIfAborted();
      const other = this.#running.get(digest);
      if (other === undefined) break;
      await settled(other, options.signal);
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
      const attempt = await this.#attempt(digest, work, options);
      if (attempt.ran) return attempt.value;
      await sleep(POLL_MS, undefined, { signal: options.signal });
    }
  }

  /** `{ ran: false }` also when the lease was lost on the way: somebody else may have the layer by now. */
  async #attempt(
    digest: string,
    work: (signal: AbortSignal) => Promise<Result<void, LayerError>>,
    options: ClaimOptions,
  ): Promise<{ readonly ran: false } | { readonly ran: true; readonly value: Result<void, LayerError> }> {
    const { db, holder, indexState, leaseMs, signal } = options;
    // Replicas with other scanners do other work: in a rolling update the old must not wait for the new.
    const lease = { name: `layer:${digest}:${indexState}`, holder, ttlMs: leaseMs, signal };
    let held: AbortSignal | undefined;
    try {
      return await withLease(db, lease, async (heldSignal) => {
        held = heldSignal;
        const done = await scannedLayers(db, [digest], indexState);
        return done.has(digest) ? ok(undefined) : await work(heldSignal);
      });
    } catch (error) {
      const isLost = held?.aborted === true && error === held.reason && !signal.aborted;
      if (isLost) return { ran: false };
      throw error;
    }
  }
}

/** Resolves when `other` has ended in any way; rejects when the signal aborts first. */
async function settled(other: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([other.catch(() => undefined), aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
