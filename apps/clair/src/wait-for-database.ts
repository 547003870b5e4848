import { setTimeout as sleep } from 'node:timers/promises';
import { Unavailable } from '@clair/model';
import type { Database } from '@clair/postgres';
import type { Logger } from '@clair/service-kit';
import { reasonOf } from './start-failure.ts';

/** As long as NATS is waited for: in a cluster that starts, the database may come a little later than we do. */
const WAIT_MS = 30_000;
const RETRY_MS = 500;

export interface WaitForDatabase {
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Default 30 s. */
  readonly waitMs?: number;
}

/**
 * Resolves when the database answers. Rejects with `Unavailable` when it has not done so for half a minute, at once with the
 * server's own error when it refuses us (password, no such database), and when `signal` aborts.
 */
export async function waitForDatabase(db: Database, { log, signal, waitMs = WAIT_MS }: WaitForDatabase): Promise<void> {
  const endMs = performance.now() + waitMs;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await db.ping();
    } catch (error) {
      if (!(error instanceof Unavailable) || performance.now() + RETRY_MS > endMs) throw error;
      if (attempt === 0) log.warn({ schema: db.schema, reason: reasonOf(error) }, 'waiting for PostgreSQL');
      await sleep(RETRY_MS, undefined, { signal });
    }
  }
}
