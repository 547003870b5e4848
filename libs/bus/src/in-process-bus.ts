import { type CloudEvent, encodeEvent, parseEvent } from '@clair/contracts';
import { invariant, Unavailable } from '@clair/model';
import type { SubscribeOptions, Subscription } from './bus.ts';
import type { BusLog } from './bus-log.ts';
import type { DeadLetter, DeadLetterBus, DeadLetterFilter } from './dead-letter.ts';
import { DEFAULT_REDELIVERY, type RedeliveryPolicy } from './redelivery.ts';
import { checkDurable, checkEventSubject } from './subject.ts';
import { SubscriberGroup } from './subscriber-group.ts';

/** Dead letters kept for a replay; older ones are only in the log. */
const DEAD_LETTERS_MAX = 1000;

export interface InProcessBusOptions {
  readonly log: BusLog;
  readonly redelivery?: RedeliveryPolicy;
  /** Told of every dead letter, so that it can be kept longer than this process lives. */
  readonly onDeadLetter?: (letter: DeadLetter) => void;
  /**
   * Takes no event until {@link InProcessBus.release}: for a process whose services start one after the other, so that
   * what the first one says is not said before the last one listens.
   */
  readonly held?: boolean;
}

export interface InProcessBus extends DeadLetterBus {
  /** From now on events are taken. */
  release(): void;
}

/**
 * A bus for services that live in one process. It stores nothing: `publish` resolves when every subscriber has dealt
 * with the event, and rejects with `Unavailable` while it is held, after `close`, and when a subscriber it knows has
 * stopped. So an event is as safe as the outbox that publishes it until it resolves.
 *
 * A handler must not wait for `publish` of an event that its own subscription takes.
 */
export function createInProcessBus(options: InProcessBusOptions): InProcessBus {
  return new LocalBus(options);
}

class LocalBus implements InProcessBus {
  readonly #options: InProcessBusOptions;
  readonly #groups = new Map<string, SubscriberGroup>();
  readonly #subscriptions = new Set<Subscription>();
  #deadLetters: DeadLetter[] = [];
  #state: 'held' | 'open' | 'closed';

  constructor(options: InProcessBusOptions) {
    this.#options = options;
    this.#state = options.held === true ? 'held' : 'open';
  }

  release(): void {
    if (this.#state === 'held') this.#state = 'open';
  }

  healthy(): boolean {
    return this.#state === 'open';
  }

  async publish(event: CloudEvent): Promise<void> {
    checkEventSubject(event.type);
    // Through bytes and back, so that subscribers get what they would get over NATS, and nobody's object is shared.
    const copy = parseEvent(encodeEvent(event));
    invariant(copy.ok, `not an event: ${copy.ok ? '' : `${copy.error.at} ${copy.error.reason}`}`);
    if (this.#state !== 'open') throw new Unavailable(`the event bus is ${this.#state}`);
    const wanted = [...this.#groups.values()].filter((group) => group.wants(event.type));
    const deliveries = await Promise.allSettled(wanted.map((group) => group.deliver(copy.value)));
    const failed = deliveries.find((delivery) => delivery.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  async subscribe(options: SubscribeOptions): Promise<Subscription> {
    checkDurable(options.durable);
    if (this.#state === 'closed') throw new Unavailable('the event bus is closed');
    const leave = this.#group(options.durable).join(options);
    const subscription: Subscription = {
      stop: async () => {
        this.#subscriptions.delete(subscription);
        await leave();
      },
    };
    this.#subscriptions.add(subscription);
    return subscription;
  }

  async listDeadLetters(filter: DeadLetterFilter): Promise<readonly DeadLetter[]> {
    return this.#deadLetters.filter((letter) => isWanted(letter, filter)).slice(0, filter.lettersMax);
  }

  async replayDeadLetters(filter: DeadLetterFilter): Promise<number> {
    const letters = await this.listDeadLetters(filter);
    for (const letter of letters) {
      const group = this.#groups.get(letter.subscriber);
      const event = parseEvent(letter.body);
      invariant(group !== undefined && event.ok, 'a dead letter of this process came from a group of it');
      this.#deadLetters = this.#deadLetters.filter((other) => other !== letter);
      await group.redeliver(event.value).catch((error: unknown) => {
        this.#deadLetters.push(letter);
        throw error;
      });
    }
    return letters.length;
  }

  async close(): Promise<void> {
    this.#state = 'closed';
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.stop()));
  }

  #group(durable: string): SubscriberGroup {
    const { log, redelivery = DEFAULT_REDELIVERY } = this.#options;
    const bury = (letter: DeadLetter) => this.#bury(letter);
    const group = this.#groups.get(durable) ?? new SubscriberGroup({ durable, redelivery, log, bury });
    this.#groups.set(durable, group);
    return group;
  }

  #bury(letter: DeadLetter): void {
    const { body, ...fields } = letter;
    this.#options.log.error({ ...fields, body: new TextDecoder().decode(body) }, 'event given up');
    this.#deadLetters = [...this.#deadLetters, letter].slice(-DEAD_LETTERS_MAX);
    this.#options.onDeadLetter?.(letter);
  }
}

function isWanted(letter: DeadLetter, filter: DeadLetterFilter): boolean {
  return filter.subscriber === undefined || filter.subscriber === letter.subscriber;
}
