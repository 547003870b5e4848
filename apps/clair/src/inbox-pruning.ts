import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, pruneInbox, withLease } from '@clair/postgres';
import type { Logger } from '@clair/service-kit';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Longer than any stream keeps an event (7 days by default), dead letters that are replayed included. */
const KEEP_MS = 60 * DAY_MS;
const LEASE_TTL_MS = 60_000;
const FIRST_AFTER_MS = 5 * 60_000;

export interface InboxPruningOptions {
  readonly db: Database;
  readonly log: Logger;
  /** Default: five minutes. */
  readonly firstAfterMs?: number;
  /** Default: a day. */
  readonly everyMs?: number;
  /** Age from which a received event is forgotten; default sixty days. */
  readonly keepMs?: number;
}

/**
 * Forgets, once a day and in one replica at a time, the events that a service received so long ago that none of them can
 * come again. A failure is logged, and the next day makes up for it.
 */
export function startInboxPruning(options: InboxPruningOptions): { stop(): Promise<void> } {
  const stopped = new AbortController();
  const running = run(options, stopped.signal);
  return {
    async stop() {
      stopped.abort();
      await running;
    },
  };
}

async function run(options: InboxPruningOptions, signal: AbortSignal): Promise<void> {
  const { firstAfterMs = FIRST_AFTER_MS, everyMs = DAY_MS } = options;
  for (let waitMs = firstAfterMs; await slept(waitMs, signal); waitMs = everyMs) await prune(options, signal);
}

async function prune({ db, log, keepMs = KEEP_MS }: InboxPruningOptions, signal: AbortSignal): Promise<void> {
  const lease = { name: 'inbox-pruning', holder: `${hostname()}:${process.pid}`, ttlMs: LEASE_TTL_MS, signal };
  try {
    const outcome = await withLease(db, lease, () => pruneInbox(db, keepMs));
    if (outcome.ran) log.info({ schema: db.schema, events: outcome.value }, 'inbox pruned');
  } catch (error) {
    if (!signal.aborted) log.warn({ err: error, schema: db.schema }, 'inbox not pruned');
  }
}

/** False when it was stopped meanwhile. */
async function slept(durationMs: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(durationMs, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
