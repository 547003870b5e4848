import { setTimeout as sleep } from 'node:timers/promises';
import { type CloudEvent, encodeEvent } from '@clair/contracts';
import { Unavailable } from '@clair/model';
import type { Outcome, SubscribeOptions } from './bus.ts';
import type { BusLog } from './bus-log.ts';
import type { DeadLetter } from './dead-letter.ts';
import { type RedeliveryPolicy, redeliveryDelayMs } from './redelivery.ts';
import { subjectMatches } from './subject.ts';

/** Ids kept to recognise an event that comes twice; beyond them it is handled twice, which handlers allow. */
const SETTLED_IDS_MAX = 10_000;

type Handle = SubscribeOptions['handle'];

interface Member {
  readonly handle: Handle;
  readonly subjects: readonly string[];
}

/** Everybody in this process who subscribed under one durable name; they share its events, one at a time and in order. */
export class SubscriberGroup {
  readonly #durable: string;
  readonly #redelivery: RedeliveryPolicy;
  readonly #log: BusLog;
  readonly #bury: (letter: DeadLetter) => void;
  readonly #settled = new Set<string>();
  readonly #underWay = new Map<string, Promise<void>>();
  #members: Member[] = [];
  /** What the name has asked for; still so when its last member is gone, as a durable's filter outlives its consumers. */
  #subjects: readonly string[] = [];
  #tail: Promise<void> = Promise.resolve();
  #inHand: Promise<unknown> = Promise.resolve();
  #interrupt = new AbortController();

  constructor(options: {
    readonly durable: string;
    readonly redelivery: RedeliveryPolicy;
    readonly log: BusLog;
    readonly bury: (letter: DeadLetter) => void;
  }) {
    this.#durable = options.durable;
    this.#redelivery = options.redelivery;
    this.#log = options.log;
    this.#bury = options.bury;
  }

  wants(subject: string): boolean {
    return this.#subjects.some((pattern) => subjectMatches(pattern, subject));
  }

  /** The returned function leaves the group again, and resolves when the event in hand has its outcome. */
  join(member: Member): () => Promise<void> {
    this.#members.push(member);
    this.#subjects = member.subjects;
    if (this.#interrupt.signal.aborted) this.#interrupt = new AbortController();
    return async () => {
      this.#members = this.#members.filter((other) => other !== member);
      if (this.#members.length === 0) this.#interrupt.abort();
      await this.#inHand;
    };
  }

  /**
   * Resolves when the event is done, or a dead letter, for this group; at once when it was so before. Rejects with
   * {@link Unavailable} when nobody is there to take it: it is not lost, its publisher still has it.
   */
  deliver(event: CloudEvent): Promise<void> {
    if (this.#settled.has(event.id)) return Promise.resolve();
    const before = this.#underWay.get(event.id);
    if (before !== undefined) return before;
    const delivery = this.#tail.then(() => this.#tryUntilSettled(event)).finally(() => this.#underWay.delete(event.id));
    this.#tail = delivery.catch(() => undefined);
    this.#underWay.set(event.id, delivery);
    return delivery;
  }

  /** As {@link deliver}, for an event that this group has given up before. */
  redeliver(event: CloudEvent): Promise<void> {
    this.#settled.delete(event.id);
    return this.deliver(event);
  }

  async #tryUntilSettled(event: CloudEvent): Promise<void> {
    for (let deliveries = 1; ; deliveries += 1) {
      const outcome = await this.#handle(event);
      if (outcome.kind === 'done') return this.#settle(event);
      const isLast = deliveries >= this.#redelivery.deliveriesMax;
      if (outcome.kind === 'poison' || isLast) {
        const reason = outcome.kind === 'poison' ? outcome.reason : `${deliveries} deliveries: ${outcome.reason}`;
        const { type: subject } = event;
        this.#bury({ subscriber: this.#durable, subject, reason, deliveries, body: encodeEvent(event) });
        return this.#settle(event);
      }
      const delayMs = redeliveryDelayMs(this.#redelivery, deliveries, outcome.afterMs);
      this.#log.warn(
        { subscriber: this.#durable, event: event.id, type: event.type, deliveries, delayMs, reason: outcome.reason },
        'event retried',
      );
      await sleep(delayMs, undefined, { signal: this.#interrupt.signal }).catch(() => undefined);
    }
  }

  async #handle(event: CloudEvent): Promise<Outcome> {
    const member = this.#members.shift();
    if (member === undefined) throw new Unavailable(`subscriber ${this.#durable} has stopped`);
    this.#members.push(member);
    const handled = outcomeOf(member.handle, event);
    this.#inHand = handled;
    return await handled;
  }

  #settle(event: CloudEvent): void {
    this.#settled.add(event.id);
    if (this.#settled.size <= SETTLED_IDS_MAX) return;
    for (const oldest of this.#settled) {
      this.#settled.delete(oldest);
      return;
    }
  }
}

/** Calls a handler; a throw is a wish to be asked again. Never rejects. */
export async function outcomeOf(handle: Handle, event: CloudEvent): Promise<Outcome> {
  try {
    return await handle(event);
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { kind: 'retry', afterMs: 0, reason };
  }
}
