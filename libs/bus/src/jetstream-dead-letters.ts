import {
  AckPolicy,
  DeliverPolicy,
  headers,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
  nanos,
} from 'nats';
import type { DeadLetter, DeadLetterFilter } from './dead-letter.ts';
import type { StreamNames } from './jetstream-streams.ts';

const SUBSCRIBER = 'Clair-Subscriber';
const SUBJECT = 'Clair-Subject';
const REASON = 'Clair-Reason';
const DELIVERIES = 'Clair-Deliveries';

/** On an event that is handed back: the one subscriber that shall handle it. */
export const ONLY_FOR = 'Clair-Only-For';

const REASON_CHARS_MAX = 1000;
const FETCH_MS = 2000;

export interface JetStreamAccess {
  readonly client: JetStreamClient;
  readonly manager: JetStreamManager;
  readonly names: StreamNames;
}

/**
 * Stores a letter: the event's own bytes, and the rest in headers, so that any NATS tool shows both. Storing the letter
 * of one message twice stores it once.
 */
export async function storeDeadLetter(access: JetStreamAccess, letter: DeadLetter, sequence: number): Promise<void> {
  const fields = headers();
  fields.set(SUBSCRIBER, letter.subscriber);
  fields.set(SUBJECT, letter.subject);
  fields.set(REASON, headerText(letter.reason));
  fields.set(DELIVERIES, String(letter.deliveries));
  await access.client.publish(deadSubject(letter.subscriber, letter.subject), letter.body, {
    headers: fields,
    msgID: `${letter.subscriber}:${sequence}`,
    expect: { streamName: access.names.dead },
  });
}

function deadSubject(subscriber: string, subject: string): string {
  return `clair.v1.dead.${subscriber}.${subject.split('.').slice(2).join('.')}`;
}

/** A header is one line of printable ASCII. */
function headerText(reason: string): string {
  return reason.replaceAll(/[^\x20-\x7e]+/g, ' ').slice(0, REASON_CHARS_MAX);
}

export interface StoredLetter {
  readonly letter: DeadLetter;
  /** Its number in the stream of dead letters. */
  readonly sequence: number;
}

/** Reads letters, oldest first, and leaves them where they are. */
export async function readDeadLetters(access: JetStreamAccess, filter: DeadLetterFilter): Promise<StoredLetter[]> {
  const { dead } = access.names;
  const info = await access.manager.consumers.add(dead, {
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.All,
    filter_subject: `clair.v1.dead.${filter.subscriber ?? '*'}.>`,
    inactive_threshold: nanos(30_000),
  });
  try {
    const wanted = Math.min(info.num_pending, filter.lettersMax);
    if (wanted === 0) return [];
    const consumer = await access.client.consumers.get(dead, info.name);
    const letters: StoredLetter[] = [];
    for await (const message of await consumer.fetch({ max_messages: wanted, expires: FETCH_MS })) {
      letters.push({ letter: toLetter(message), sequence: message.seq });
      if (letters.length === wanted) break;
    }
    return letters;
  } finally {
    await access.manager.consumers.delete(dead, info.name);
  }
}

function toLetter(message: JsMsg): DeadLetter {
  return {
    subscriber: message.headers?.get(SUBSCRIBER) ?? '',
    subject: message.headers?.get(SUBJECT) ?? '',
    reason: message.headers?.get(REASON) ?? '',
    deliveries: Number(message.headers?.get(DELIVERIES) ?? 0),
    body: new Uint8Array(message.data),
  };
}

/** Puts the event back on its subject for that one subscriber, then forgets the letter. */
export async function replayStoredLetter(access: JetStreamAccess, stored: StoredLetter): Promise<void> {
  const fields = headers();
  fields.set(ONLY_FOR, stored.letter.subscriber);
  await access.client.publish(stored.letter.subject, stored.letter.body, {
    headers: fields,
    msgID: `replay:${stored.sequence}`,
    expect: { streamName: access.names.events },
  });
  await access.manager.streams.deleteMessage(access.names.dead, stored.sequence);
}
