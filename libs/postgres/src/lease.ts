import { randomUUID } from 'node:crypto';
import type { Database } from './database.ts';

export interface LeaseOptions {
  /** What only one may do at a time, within the schema: `feed debian`. */
  readonly name: string;
  /** Who asks, for people who read the table: host and process id. Two callers may say the same. */
  readonly holder: string;
  /** How long after a crash of the holder others have to wait. At least 300. */
  readonly ttlMs: number;
  /** Aborts the work and ends the lease. */
  readonly signal?: AbortSignal;
}

/**
 * Runs `work` while nobody else holds the lease, or `{ ran: false }` at once when somebody does. The lease is renewed while
 * `work` runs and ends with it. The signal given to `work` aborts when `options.signal` does, and when the lease can no
 * longer be known to be held, by a clock here that never runs later than the database's; from then on another may start.
 * Rejects as `work` does, or with `Unavailable` when the database is away before it starts.
 */
export async function withLease<T>(
  db: Database,
  options: LeaseOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<{ readonly ran: false } | { readonly ran: true; readonly value: T }> {
  options.signal?.throwIfAborted();
  const held = new HeldLease(db, options);
  if (!(await held.acquire())) return { ran: false };
  try {
    const signal = options.signal === undefined ? held.lost : AbortSignal.any([held.lost, options.signal]);
    return { ran: true, value: await work(signal) };
  } finally {
    await held.release();
  }
}

/** One attempt at a lease: its row is recognised by a token, so that a holder's name needs not be unique. */
class HeldLease {
  readonly #db: Database;
  readonly #options: LeaseOptions;
  readonly #token = randomUUID();
  readonly #lost = new AbortController();
  #expiry: NodeJS.Timeout | undefined;
  #renewal: NodeJS.Timeout | undefined;
  #renewing: Promise<void> = Promise.resolve();
  #released = false;

  constructor(db: Database, options: LeaseOptions) {
    this.#db = db;
    this.#options = options;
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async acquire(): Promise<boolean> {
    const { name, holder, ttlMs } = this.#options;
    const { schema } = this.#db;
    // An INSERT that runs into the holder's row would lock and write it; looking first costs the holder nothing.
    const busy = await this.#db.query(
      `select 1 from ${schema}.lease where name = $1 and expires_at > clock_timestamp()`,
      [name],
    );
    if (busy.length > 0) return false;
    const askedAtMs = performance.now();
    const taken = await this.#db.execute(
      `insert into ${schema}.lease as held (name, holder, token, acquired_at, expires_at)
       values ($1, $2, $3, clock_timestamp(), clock_timestamp() + $4 * interval '1 millisecond')
       on conflict (name) do update
         set holder = excluded.holder, token = excluded.token, acquired_at = excluded.acquired_at, expires_at = excluded.expires_at
         where held.expires_at <= clock_timestamp()`,
      [name, holder, this.#token, ttlMs],
    );
    if (taken === 0) return false;
    this.#extend(askedAtMs);
    return true;
  }

  /** The row goes if it is still ours; when the database is away it expires by itself. */
  async release(): Promise<void> {
    this.#released = true;
    clearTimeout(this.#expiry);
    clearTimeout(this.#renewal);
    await this.#renewing;
    const sql = `delete from ${this.#db.schema}.lease where name = $1 and token = $2`;
    await this.#db.execute(sql, [this.#options.name, this.#token]).catch(() => undefined);
  }

  /** The expiry counts from before the question was sent: the database's own begins later, so ours ends first. */
  #extend(askedAtMs: number): void {
    const { ttlMs } = this.#options;
    clearTimeout(this.#expiry);
    this.#expiry = setTimeout(
      () => this.#lose('it could not be renewed in time'),
      askedAtMs + ttlMs - performance.now(),
    );
    this.#scheduleRenewal(ttlMs / 3);
  }

  #scheduleRenewal(delayMs: number): void {
    if (this.#released || this.lost.aborted) return;
    this.#renewal = setTimeout(() => {
      this.#renewing = this.#renew();
    }, delayMs);
  }

  async #renew(): Promise<void> {
    const { name, ttlMs } = this.#options;
    const askedAtMs = performance.now();
    try {
      const renewed = await this.#db.execute(
        `update ${this.#db.schema}.lease set expires_at = clock_timestamp() + $3 * interval '1 millisecond' where name = $1 and token = $2`,
        [name, this.#token, ttlMs],
      );
      if (this.#released) return;
      if (renewed === 0) this.#lose('another holder took it');
      else this.#extend(askedAtMs);
    } catch {
      // The timer of the expiry decides when it has been too long.
      this.#scheduleRenewal(ttlMs / 10);
    }
  }

  #lose(why: string): void {
    this.#lost.abort(new DOMException(`the lease "${this.#options.name}" was lost: ${why}`, 'AbortError'));
  }
}
