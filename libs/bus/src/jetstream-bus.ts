import { type CloudEvent, EVENT_BYTES_MAX, encodeEvent, readEnvelope } from '@clair/contracts';
import { invariant, Unavailable } from '@clair/model';
import type { NatsConnection } from 'nats';
import type { SubscribeOptions, Subscription } from './bus.ts';
import type { BusLog } from './bus-log.ts';
import type { DeadLetter, DeadLetterBus, DeadLetterFilter } from './dead-letter.ts';
import { type JetStreamAccess, readDeadLetters, replayStoredLetter } from './jetstream-dead-letters.ts';
import { DEFAULT_STREAM_LIMITS, ensureStreams, type StreamLimits } from './jetstream-streams.ts';
import { ensureConsumer, JetStreamSubscription, type SubscriptionDeps } from './jetstream-subscription.ts';
import { connectNats, type NatsAddress, type Presence, watchConnection } from './nats-connection.ts';
import { DEFAULT_REDELIVERY, type RedeliveryPolicy } from './redelivery.ts';
import { checkDurable, checkEventSubject } from './subject.ts';

export interface JetStreamOptions extends NatsAddress {
  readonly log: BusLog;
  /** Name of the stream of events; that of dead letters is the same with `_DEAD`. Default `CLAIR`. */
  readonly stream?: string;
  readonly limits?: Partial<StreamLimits>;
  readonly redelivery?: RedeliveryPolicy;
  /** How long the server waits for a sign of life of whoever has an event. Default 30 s. */
  readonly ackWaitMs?: number;
  /** The longest that a handler may take. Default 1 h. */
  readonly handleMsMax?: number;
}

const ACK_WAIT_MS = 30_000;
const HANDLE_MS_MAX = 3_600_000;

/** For one request to the server; a server that is there answers within milliseconds. */
const REQUEST_MS = 5000;

/**
 * The bus over NATS JetStream, server 2.9 or newer. The streams are made where they are missing. A durable that
 * subscribes for the first time gets everything that the stream still holds.
 *
 * Rejects with `Unavailable` when no server answers, or when it answers without JetStream, and with the server's own error
 * when it refuses the credentials: the operator mends that. Afterwards it lives through
 * any outage: `publish` rejects with `Unavailable` meanwhile, subscriptions go on when the server is back.
 */
export async function connectJetStream(options: JetStreamOptions): Promise<DeadLetterBus> {
  const connection = await connectNats(options);
  try {
    return await JetStreamBus.open(connection, options);
  } catch (error) {
    await connection.close();
    throw unavailable('JetStream is not to be had', error);
  }
}

function unavailable(message: string, cause: unknown): Unavailable {
  return cause instanceof Unavailable ? cause : new Unavailable(message, { cause });
}

class JetStreamBus implements DeadLetterBus {
  readonly #connection: NatsConnection;
  readonly #presence: Presence;
  readonly #access: JetStreamAccess;
  readonly #deps: SubscriptionDeps;
  readonly #subscriptions = new Set<Subscription>();
  #closed = false;

  static async open(connection: NatsConnection, options: JetStreamOptions): Promise<JetStreamBus> {
    const manager = await connection.jetstreamManager({ timeout: REQUEST_MS });
    const stream = options.stream ?? 'CLAIR';
    const names = { events: stream, dead: `${stream}_DEAD` };
    const client = connection.jetstream({ timeout: REQUEST_MS });
    const bus = new JetStreamBus(connection, { client, manager, names }, options);
    await bus.#deps.repair();
    return bus;
  }

  private constructor(connection: NatsConnection, access: JetStreamAccess, options: JetStreamOptions) {
    const limits = { ...DEFAULT_STREAM_LIMITS, ...options.limits };
    this.#connection = connection;
    this.#access = access;
    this.#deps = {
      access,
      log: options.log,
      redelivery: options.redelivery ?? DEFAULT_REDELIVERY,
      ackWaitMs: options.ackWaitMs ?? ACK_WAIT_MS,
      handleMsMax: options.handleMsMax ?? HANDLE_MS_MAX,
      repair: () => ensureStreams(access.manager, access.names, limits),
    };
    this.#presence = watchConnection(connection, options.log, () => void this.#tryRepair());
  }

  healthy(): boolean {
    return this.#presence.connected && !this.#closed;
  }

  async publish(event: CloudEvent): Promise<void> {
    checkEventSubject(event.type);
    invariant(readEnvelope(event).ok, 'only an event can be published');
    const body = encodeEvent(event);
    invariant(body.length <= EVENT_BYTES_MAX, `event ${event.type} has ${body.length} bytes`);
    // The client would keep the message for later, and the caller would wait; the caller's outbox is the better place.
    if (!this.healthy()) throw new Unavailable('NATS is away');
    try {
      await this.#access.client.publish(event.type, body, {
        msgID: event.id,
        expect: { streamName: this.#access.names.events },
      });
    } catch (error) {
      await this.#tryRepair();
      throw unavailable('event not stored', error);
    }
  }

  async subscribe(options: SubscribeOptions): Promise<Subscription> {
    checkDurable(options.durable);
    if (!this.healthy()) throw new Unavailable('NATS is away');
    try {
      await ensureConsumer(this.#deps, options);
    } catch (error) {
      throw unavailable(`subscriber ${options.durable} not made`, error);
    }
    const running = new JetStreamSubscription(this.#deps, options);
    const subscription: Subscription = {
      stop: async () => {
        this.#subscriptions.delete(subscription);
        await running.stop();
        if (this.healthy()) await this.#connection.flush();
      },
    };
    this.#subscriptions.add(subscription);
    return subscription;
  }

  async listDeadLetters(filter: DeadLetterFilter): Promise<readonly DeadLetter[]> {
    const stored = await this.#whileThere(() => readDeadLetters(this.#access, filter));
    return stored.map(({ letter }) => letter);
  }

  async replayDeadLetters(filter: DeadLetterFilter): Promise<number> {
    return await this.#whileThere(async () => {
      const stored = await readDeadLetters(this.#access, filter);
      for (const one of stored) await replayStoredLetter(this.#access, one);
      return stored.length;
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.stop()));
    this.#closed = true;
    // A drain waits for the server to answer; without one there is nothing to wait for.
    await (this.#presence.connected ? this.#connection.drain() : this.#connection.close());
  }

  async #whileThere<T>(work: () => Promise<T>): Promise<T> {
    if (!this.healthy()) throw new Unavailable('NATS is away');
    try {
      return await work();
    } catch (error) {
      throw unavailable('dead letters are not to be had', error);
    }
  }

  async #tryRepair(): Promise<void> {
    if (!this.healthy()) return;
    try {
      await this.#deps.repair();
    } catch (error) {
      this.#deps.log.warn({ err: error }, 'streams not made');
    }
  }
}
