import { AckPolicy, connect, DeliverPolicy, type JsMsg, nanos } from 'nats';

/** What a subscription with a NATS target says; docs/how-to/subscribe.md has all of it. */
export interface Matched {
  readonly delivery_id: string;
  readonly subscription: { readonly id: string; readonly name: string };
  readonly count: number;
  readonly complete: boolean;
  readonly page: string;
  readonly notifications: readonly {
    readonly manifest: string;
    readonly kind: string;
    readonly package: { readonly name: string; readonly version: string };
    readonly vulnerability: { readonly name: string; readonly severity: string; readonly fixed_in_version: string };
  }[];
}

export interface SubscriberOptions {
  readonly servers: string;
  /** The `--nats` of `clairctl subscriptions create`. */
  readonly subject: string;
  /** Survives restarts; subscribers of one name share the messages between them. */
  readonly durable: string;
  readonly stream?: string;
  readonly signal: AbortSignal;
  /** Called once for each delivery that it did not fail for; a failure brings the message again. */
  readonly handle: (matched: Matched) => Promise<void>;
}

/** Deliveries remembered, to tell a message that comes twice. A real subscriber keeps them where its work is kept. */
const REMEMBERED_MAX = 10_000;

/** Handles messages until the signal aborts. */
export async function subscribe(options: SubscriberOptions): Promise<void> {
  const { servers, subject, durable, stream = 'CLAIR', signal } = options;
  const connection = await connect({ servers });
  const manager = await connection.jetstreamManager();
  // A consumer that is there with the same settings stays as it is, and where it was.
  await manager.consumers.add(stream, {
    durable_name: durable,
    filter_subject: subject,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(30_000),
    deliver_policy: DeliverPolicy.All,
  });
  const consumer = await connection.jetstream().consumers.get(stream, durable);
  const messages = await consumer.consume({ max_messages: 10 });
  signal.addEventListener('abort', () => messages.stop(), { once: true });
  const seen = new Set<string>();
  for await (const message of messages) await handleOne(message, seen, options);
  await connection.drain();
}

async function handleOne(message: JsMsg, seen: Set<string>, { handle }: SubscriberOptions): Promise<void> {
  const event = message.json<{ readonly id: string; readonly data: Matched }>();
  try {
    if (!seen.has(event.id)) await handle(event.data);
    seen.add(event.id);
    if (seen.size > REMEMBERED_MAX) seen.delete([...seen][0] ?? '');
    message.ack();
  } catch {
    message.nak(5000);
  }
}
