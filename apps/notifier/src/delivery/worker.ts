import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Database, Log } from '@clair/postgres';
import type { NotifierMetrics } from '../notifier-metrics.ts';
import { type ClaimedDelivery, type ClaimRequest, finishAttempt, releaseClaims } from '../store/deliveries.ts';
import { WakeUp } from '../wake-up.ts';
import { type AttemptResult, type DeliveryOutcome, decideOutcome, isGone } from './outcome.ts';
import type { Room, Stay } from './room.ts';

/** Longer than any attempt: after this the claim of a process that died is void. */
const CLAIM_VISIBILITY_MS = 60_000;
/** Deliveries made by other replicas are found by looking. */
const LOOK_MS = 15_000;
const FAILED_WAIT_MS = 5000;
/** How long attempts in hand may go on when the process is told to stop. */
const STOP_GRACE_MS = 3000;

/** The deliveries that one worker looks after. */
export interface DeliveryQueue {
  readonly target: 'webhook' | 'subscription';
  /** For the attempts at once, so that a receiver that hangs on one does not hold up the others. */
  readonly room: Room;
  readonly claim: (db: Database, request: ClaimRequest) => Promise<ClaimedDelivery[]>;
  /** When there will be something to claim that there is not now, or `undefined`. */
  readonly nextDueMs: (db: Database, nowMs: number) => Promise<number | undefined>;
  /** Makes one attempt. Never rejects but when the signal aborts. */
  readonly attempt: (delivery: ClaimedDelivery, hand: AttemptHand) => Promise<AttemptResult>;
  /** The receiver answered that it wants no more, ever. */
  readonly gone?: (delivery: ClaimedDelivery) => Promise<void>;
}

/** What an attempt is given by the worker that makes it. */
export interface AttemptHand {
  readonly signal: AbortSignal;
  /** Says how large the body is, once it is known: the room that it does not take is others'. */
  readonly weigh: (bodyBytes: number) => void;
}

export interface DeliveryWorkerOptions {
  readonly db: Database;
  readonly log: Log;
  readonly metrics: NotifierMetrics;
  readonly clock: () => number;
  /** From [0, 1). */
  readonly random: () => number;
  readonly queue: DeliveryQueue;
  readonly visibilityMs?: number;
  /** Called when a receiver has begun or ceased to fail: what it is owed may be another worker's from now on. */
  readonly onTurn?: () => void;
}

/** Makes the attempts that are due, at least one for each delivery, until each is delivered or dead. */
export class DeliveryWorker {
  readonly #options: DeliveryWorkerOptions;
  readonly #claim = randomUUID();
  readonly #wakeUp = new WakeUp();
  readonly #stopped = new AbortController();
  readonly #cutOff = new AbortController();
  readonly #inHand = new Set<Promise<void>>();
  #finished: Promise<void> = Promise.resolve();

  constructor(options: DeliveryWorkerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#finished = this.#loop();
  }

  wake(): void {
    this.#wakeUp.wake();
  }

  /** Resolves when nothing is in hand; claims of attempts that were cut off are given back. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#finished;
    const ended = Promise.allSettled(this.#inHand);
    await Promise.race([ended, delay(STOP_GRACE_MS)]);
    this.#cutOff.abort();
    await ended;
    await releaseClaims(this.#options.db, this.#claim).catch((error: unknown) => {
      this.#options.log.warn({ err: error }, 'delivery claims left to expire');
    });
  }

  async #loop(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      await this.#wakeUp.sleep(await this.#turn(), this.#stopped.signal);
    }
  }

  /** Resolves to how long to sleep then. */
  async #turn(): Promise<number> {
    const { db, log, clock, queue, visibilityMs = CLAIM_VISIBILITY_MS } = this.#options;
    try {
      const limit = queue.room.free;
      if (limit === 0) return LOOK_MS;
      const claimed = await queue.claim(db, { claim: this.#claim, limit, nowMs: clock(), visibilityMs });
      for (const delivery of claimed) this.#begin(delivery);
      if (claimed.length > 0) return 0;
      const dueMs = await queue.nextDueMs(db, clock());
      return dueMs === undefined ? LOOK_MS : Math.min(LOOK_MS, Math.max(50, dueMs - clock()));
    } catch (error) {
      log.warn({ err: error, retryInMs: FAILED_WAIT_MS }, 'deliveries interrupted');
      return FAILED_WAIT_MS;
    }
  }

  #begin(delivery: ClaimedDelivery): void {
    const stay = this.#options.queue.room.enter();
    const attempt = this.#attempt(delivery, stay).catch((error: unknown) => {
      // The claim expires, and the attempt is made again.
      if (!this.#cutOff.signal.aborted) {
        this.#options.log.warn({ err: error, delivery: delivery.id }, 'delivery attempt not recorded');
      }
    });
    this.#inHand.add(attempt);
    void attempt.then(() => {
      this.#inHand.delete(attempt);
      stay.leave();
      this.wake();
    });
  }

  async #attempt(delivery: ClaimedDelivery, stay: Stay): Promise<void> {
    const { db, metrics, clock, random, queue, onTurn } = this.#options;
    const weigh = (bodyBytes: number) => {
      const wasFull = queue.room.free === 0;
      stay.weigh(bodyBytes);
      if (wasFull && queue.room.free > 0) this.wake();
    };
    const result = await queue.attempt(delivery, { signal: this.#cutOff.signal, weigh });
    this.#cutOff.signal.throwIfAborted();
    const attempts = delivery.attempts + 1;
    const outcome = decideOutcome(result, { attempts, random: random() });
    const { recorded } = await finishAttempt(db, delivery, { outcome, nowMs: clock() });
    if (!recorded) return;
    if (isGone(result)) await queue.gone?.(delivery);
    metrics.attempted(queue.target, outcome.kind);
    this.#say(delivery, outcome);
    if (outcome.kind !== 'delivered' || delivery.attempts > 0) onTurn?.();
  }

  #say({ id, setId, subscriptionId, attempts }: ClaimedDelivery, outcome: DeliveryOutcome): void {
    const { log, queue } = this.#options;
    const fields = {
      delivery: id,
      notificationId: setId,
      subscription: subscriptionId,
      target: queue.target,
      attempts: attempts + 1,
    };
    if (outcome.kind === 'delivered') log.info(fields, 'notification delivered');
    else if (outcome.kind === 'dead') log.error({ ...fields, error: outcome.error }, 'notification delivery given up');
    else log.warn({ ...fields, error: outcome.error, retryInMs: outcome.waitMs }, 'notification delivery failed');
  }
}
