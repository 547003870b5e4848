import { setTimeout as sleep } from 'node:timers/promises';
import { parseEvent } from '@clair/contracts';
import {
  AckPolicy,
  type Consumer,
  type ConsumerConfig,
  type ConsumerMessages,
  DeliverPolicy,
  type JsMsg,
  nanos,
} from 'nats';
import type { Outcome, SubscribeOptions, Subscription } from './bus.ts';
import type { BusLog } from './bus-log.ts';
import { type JetStreamAccess, ONLY_FOR, storeDeadLetter } from './jetstream-dead-letters.ts';
import { isApiError } from './jetstream-streams.ts';
import { type RedeliveryPolicy, redeliveryDelayMs } from './redelivery.ts';
import { coveringPattern, subjectMatches } from './subject.ts';
import { outcomeOf } from './subscriber-group.ts';

/** One pull waits so long; it is also how long a server that came back without its memory of the pull is waited for. */
const PULL_MS = 5000;
const PULL_RETRY_MS = 1000;
const DEAD_LETTER_RETRY_MS = 5000;

/** Deliveries that the server allows beyond the policy's: for dead letters that could not be stored at once. */
const SPARE_DELIVERIES = 1000;

const CONSUMER_NOT_FOUND = 10_014;

export interface SubscriptionDeps {
  readonly access: JetStreamAccess;
  readonly log: BusLog;
  readonly redelivery: RedeliveryPolicy;
  /** Without a sign of life for so long, the server gives the event to another replica. */
  readonly ackWaitMs: number;
  /** A handler that takes longer has hung: it gets no more time, and its event goes to another replica. */
  readonly handleMsMax: number;
  /** Makes the streams again after they were lost. */
  readonly repair: () => Promise<void>;
}

/** The consumer exists afterwards, on the server; one that was there keeps its place in the stream. */
export async function ensureConsumer(deps: SubscriptionDeps, options: SubscribeOptions): Promise<void> {
  const { manager, names } = deps.access;
  const wanted = {
    ack_wait: nanos(deps.ackWaitMs),
    max_deliver: deps.redelivery.deliveriesMax + SPARE_DELIVERIES,
    filter_subject: coveringPattern(options.subjects),
  };
  const existing = await findConsumer(deps, options.durable);
  if (existing === undefined) {
    await manager.consumers.add(names.events, {
      ...wanted,
      durable_name: options.durable,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
    });
    return;
  }
  const isAsWanted =
    existing.ack_wait === wanted.ack_wait &&
    existing.max_deliver === wanted.max_deliver &&
    existing.filter_subject === wanted.filter_subject;
  if (!isAsWanted) await manager.consumers.update(names.events, options.durable, wanted);
}

async function findConsumer(deps: SubscriptionDeps, durable: string): Promise<ConsumerConfig | undefined> {
  try {
    return (await deps.access.manager.consumers.info(deps.access.names.events, durable)).config;
  } catch (error) {
    if (isApiError(error, CONSUMER_NOT_FOUND)) return undefined;
    throw error;
  }
}

/** Pulls one event at a time, so that none waits with its clock running, until it is stopped; survives any outage. */
export class JetStreamSubscription implements Subscription {
  readonly #deps: SubscriptionDeps;
  readonly #options: SubscribeOptions;
  readonly #stopping = new AbortController();
  readonly #finished: Promise<void>;
  #pull: ConsumerMessages | undefined;

  constructor(deps: SubscriptionDeps, options: SubscribeOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#finished = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    void this.#pull?.close();
    await this.#finished;
  }

  async #run(): Promise<void> {
    let consumer: Consumer | undefined;
    while (!this.#stopping.signal.aborted) {
      try {
        consumer ??= await this.#open();
        await this.#takeOne(consumer);
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        this.#deps.log.warn({ err: error, subscriber: this.#options.durable }, 'event pull failed');
        consumer = undefined;
        await this.#pause(PULL_RETRY_MS);
      }
    }
  }

  async #open(): Promise<Consumer> {
    await this.#deps.repair();
    await ensureConsumer(this.#deps, this.#options);
    const { client, names } = this.#deps.access;
    return await client.consumers.get(names.events, this.#options.durable);
  }

  async #takeOne(consumer: Consumer): Promise<void> {
    const pull = await consumer.fetch({ max_messages: 1, expires: PULL_MS });
    this.#pull = pull;
    if (this.#stopping.signal.aborted) void pull.close();
    for await (const message of pull) await this.#take(message);
  }

  async #take(message: JsMsg): Promise<void> {
    if (!this.#isMine(message)) return message.ack();
    const event = parseEvent(message.data);
    if (!event.ok) return this.#giveUp(message, `not an event: ${event.error.at} ${event.error.reason}`);
    const deliveries = message.info.deliveryCount;
    const { deliveriesMax } = this.#deps.redelivery;
    if (deliveries > deliveriesMax) return this.#giveUp(message, `${deliveriesMax} deliveries without an outcome`);
    const outcome = await this.#handleAlive(message, () => outcomeOf(this.#options.handle, event.value));
    await this.#settle(message, outcome);
  }

  /** Handed back to another subscriber, or let through by a filter wider than the wish. */
  #isMine(message: JsMsg): boolean {
    const onlyFor = message.headers?.get(ONLY_FOR) ?? '';
    if (onlyFor !== '' && onlyFor !== this.#options.durable) return false;
    return this.#options.subjects.some((pattern) => subjectMatches(pattern, message.subject));
  }

  /** Tells the server that the event is in hand for as long as the handler works. */
  async #handleAlive(message: JsMsg, handle: () => Promise<Outcome>): Promise<Outcome> {
    const heartbeat = setInterval(() => message.working(), Math.ceil(this.#deps.ackWaitMs / 3));
    const limit = setTimeout(() => {
      clearInterval(heartbeat);
      this.#deps.log.error({ subscriber: this.#options.durable, subject: message.subject }, 'event handler hangs');
    }, this.#deps.handleMsMax);
    try {
      return await handle();
    } finally {
      clearInterval(heartbeat);
      clearTimeout(limit);
    }
  }

  async #settle(message: JsMsg, outcome: Outcome): Promise<void> {
    if (outcome.kind === 'done') return message.ack();
    if (outcome.kind === 'poison') return this.#giveUp(message, outcome.reason);
    const deliveries = message.info.deliveryCount;
    const { redelivery, log } = this.#deps;
    if (deliveries >= redelivery.deliveriesMax) {
      return this.#giveUp(message, `${deliveries} deliveries: ${outcome.reason}`);
    }
    const delayMs = redeliveryDelayMs(redelivery, deliveries, outcome.afterMs);
    const { subject } = message;
    log.warn(
      { subscriber: this.#options.durable, subject, deliveries, delayMs, reason: outcome.reason },
      'event retried',
    );
    message.nak(delayMs);
  }

  /** The letter is stored before the event is let go; when that fails, the event comes again and is given up again. */
  async #giveUp(message: JsMsg, reason: string): Promise<void> {
    const letter = {
      subscriber: this.#options.durable,
      subject: message.subject,
      reason,
      deliveries: message.info.deliveryCount,
      body: message.data,
    };
    try {
      await storeDeadLetter(this.#deps.access, letter, message.seq);
    } catch (error) {
      this.#deps.log.error({ err: error, subscriber: letter.subscriber, reason }, 'dead letter not stored');
      return message.nak(DEAD_LETTER_RETRY_MS);
    }
    const { body: _body, ...fields } = letter;
    this.#deps.log.error(fields, 'event given up');
    message.term();
  }

  async #pause(pauseMs: number): Promise<void> {
    await sleep(pauseMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}
