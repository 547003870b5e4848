import { hostname } from 'node:os';
import { Backoff } from './backoff.ts';
import type { Database } from './database.ts';
import { withLease } from './lease.ts';
import { type Listener, listen } from './listener.ts';
import type { Log } from './log.ts';
import { type OutboxEvent, outboxChannel } from './outbox.ts';
import { PooledDatabase } from './pooled-database.ts';
import { WakeUp } from './wake-up.ts';

const BATCH_EVENTS = 100;
const LEASE_TTL_MS = 10_000;
const POLL_MS = 1_000;
const RETRY_FIRST_MS = 100;
const RETRY_LAST_MS = 30_000;

export interface OutboxRelayOptions {
  readonly db: Database;
  /** Resolves when the event will survive a crash of the bus; rejects to have it tried again. The same event may come twice. */
  readonly publish: (event: OutboxEvent) => Promise<void>;
  readonly log: Log;
  /** How often the outbox is looked at when no announcement arrives; default 1,000. */
  readonly pollMs?: number;
  /** How long the next relay waits after this one was killed; default 10,000. */
  readonly leaseTtlMs?: number;
}

export interface OutboxRelay {
  /** Looks at the outbox now, also when it waits to try a failed event again: for when the bus is back. */
  wake(): void;
  /** Resolves when the publication in hand, if any, has ended; what is left stays in the outbox. */
  stop(): Promise<void>;
}

/**
 * Publishes the events of the schema's outbox, the oldest first, at least once each, until stopped. Relays of several processes
 * take turns by lease. An event that cannot be published holds back those after it and is tried again, ever more slowly, up to
 * every 30 s. A row that commits late, with a number lower than some already published, is found like any other: the relay keeps
 * no position, it takes what is there.
 */
export function startOutboxRelay(options: OutboxRelayOptions): OutboxRelay {
  const relay = new Relay(options);
  const finished = relay.run();
  return {
    wake: () => relay.wake(),
    stop() {
      relay.stop();
      return finished;
    },
  };
}

interface OutboxRow extends OutboxEvent {
  readonly seq: number;
}

class Relay {
  readonly #options: OutboxRelayOptions;
  readonly #wakeUp = new WakeUp();
  readonly #stopped = new AbortController();
  readonly #backoff = new Backoff(RETRY_FIRST_MS, RETRY_LAST_MS);

  constructor(options: OutboxRelayOptions) {
    this.#options = options;
  }

  wake(): void {
    this.#wakeUp.wake();
  }

  /** While the bus or the database is away, announcements must not defeat the backoff. */
  announced(): void {
    if (this.#backoff.attempts === 0) this.wake();
  }

  stop(): void {
    this.#stopped.abort();
  }

  async run(): Promise<void> {
    const { db, log, pollMs = POLL_MS, leaseTtlMs = LEASE_TTL_MS } = this.#options;
    const listener = this.#listen();
    const lease = { name: 'outbox-relay', holder: `${hostname()}:${process.pid}`, ttlMs: leaseTtlMs };
    while (!this.#stopped.signal.aborted) {
      try {
        await withLease(db, lease, (held) => this.#relayWhile(AbortSignal.any([held, this.#stopped.signal])));
        if (!this.#stopped.signal.aborted) await this.#wakeUp.sleep(pollMs, this.#stopped.signal);
      } catch (error) {
        log.warn({ err: error, schema: db.schema }, 'outbox relay interrupted');
        await this.#wakeUp.sleep(this.#backoff.next(), this.#stopped.signal);
      }
    }
    await listener?.stop();
  }

  #listen(): Listener | undefined {
    const { db, log } = this.#options;
    if (!(db instanceof PooledDatabase)) return undefined;
    return listen({
      connect: () => db.dedicatedClient(),
      channel: outboxChannel(db.schema),
      wake: () => this.announced(),
      log,
    });
  }

  async #relayWhile(held: AbortSignal): Promise<void> {
    const { db, pollMs = POLL_MS } = this.#options;
    while (!held.aborted) {
      const rows = await db.query<OutboxRow>(
        `select seq, id, subject, body from ${db.schema}.outbox order by seq limit ${BATCH_EVENTS}`,
      );
      const allPublished = await this.#publish(rows, held);
      if (!allPublished) await this.#wakeUp.sleep(this.#backoff.next(), held);
      else if (rows.length < BATCH_EVENTS) await this.#wakeUp.sleep(pollMs, held);
    }
  }

  /** Publishes `rows` in order up to the first that fails, deletes those that were published, and says whether all were. */
  async #publish(rows: readonly OutboxRow[], held: AbortSignal): Promise<boolean> {
    const published: number[] = [];
    for (const row of rows) {
      if (held.aborted || !(await this.#publishOne(row))) break;
      published.push(row.seq);
    }
    const { db } = this.#options;
    if (published.length > 0)
      await db.execute(`delete from ${db.schema}.outbox where seq = any($1::bigint[])`, [published]);
    if (published.length === rows.length) this.#backoff.reset();
    return published.length === rows.length;
  }

  async #publishOne({ id, subject, body }: OutboxRow): Promise<boolean> {
    try {
      await this.#options.publish({ id, subject, body });
      return true;
    } catch (error) {
      const attempt = this.#backoff.attempts + 1;
      this.#options.log.warn({ err: error, id, subject, attempt }, 'outbox publish failed');
      return false;
    }
  }
}
