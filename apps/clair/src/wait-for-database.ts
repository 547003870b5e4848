import { setTimeout as sleep } from 'node:timers/promises';
import { Unavailable } from '@clair/model';
import type { Database } from '@clair/postgres';
import type { Logger } from '@clair/service-kit';
import { reasonOf } from './start-failure.ts';

/** As long as NATS is waited for: in a cluster that starts, the database may come a little later than we do. */
const WAIT_MS = 30_000;
const RETRY_MS = 500;
/** A host that drops packets answers nothing for as long as the driver tries to connect; who watches should know before. */
const SAY_AFTER_MS = 2000;

export interface WaitForDatabase {
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Default 30 s. */
  readonly waitMs?: number;
  /** When it is said at the latest that we wait. Default 2 s. */
  readonly sayAfterMs?: number;
}

/**
 * Resolves when the database answers. Rejects with `Unavailable` when it has not done so for half a minute, at once with the
 * server's own error when it refuses us (password, no such database), and when `signal` aborts; whatever the driver does meanwhile.
 */
export async function waitForDatabase(db: Database, options: WaitForDatabase): Promise<void> {
  const { log, signal, waitMs = WAIT_MS, sayAfterMs = SAY_AFTER_MS } = options;
  let isSaid = false;
  const say = (reason: string): void => {
    if (!isSaid) log.warn({ schema: db.schema, reason }, 'waiting for PostgreSQL');
    isSaid = true;
  };
  const ended = Promise.withResolvers<never>();
  const onAbort = (): void => ended.reject(signal.reason);
  const noAnswer = `it has not answered for ${Math.ceil(waitMs / 1000)} s`;
  const saying = setTimeout(say, sayAfterMs, 'it has not answered yet');
  // A little later than the attempts end, whose own reason says more.
  const ending = setTimeout(() => ended.reject(new Unavailable(noAnswer)), waitMs + RETRY_MS);
  signal.addEventListener('abort', onAbort);
  try {
    signal.throwIfAborted();
    await Promise.race([ping(db, { untilMs: performance.now() + waitMs, signal, say }), ended.promise]);
  } finally {
    clearTimeout(saying);
    clearTimeout(ending);
    signal.removeEventListener('abort', onAbort);
  }
}

interface Attempts {
  readonly untilMs: number;
  readonly signal: AbortSignal;
  readonly say: (reason: string) => void;
}

async function ping(db: Database, { untilMs, signal, say }: Attempts): Promise<void> {
  for (;;) {
    try {
      return await db.ping();
    } catch (error) {
      if (!(error instanceof Unavailable) || performance.now() + RETRY_MS > untilMs) throw error;
      say(reasonOf(error));
      await sleep(RETRY_MS, undefined, { signal });
    }
  }
}
