import type { EventBus } from '@clair/bus';
import { type CloudEvent, EVENT_BYTES_MAX } from '@clair/contracts';
import { invariant } from '@clair/model';
import type { AddressGuard } from '@clair/oci';
import type { Database } from '@clair/postgres';
import { claimForWebhook, nextDueForWebhookMs } from '../store/deliveries.ts';
import { loadOwedContent } from '../store/owed-message.ts';
import {
  claimForSubscriptions,
  loadOwedMessage,
  nextDueForSubscriptionsMs,
  type OwedMessage,
  type Standing,
} from '../store/subscription-deliveries.ts';
import { disableSubscription } from '../store/subscriptions.ts';
import { signedHeaders, webhookSecret } from '../subscription/secret.ts';
import { type MatchedData, MESSAGE_BYTES_MAX, MESSAGE_NOTIFICATIONS_MAX, matchedData } from './matched-message.ts';
import type { AttemptResult } from './outcome.ts';
import { postOnce } from './post.ts';
import { ATTEMPT_BYTES_MAX, Room } from './room.ts';
import type { createWebhookSender } from './webhook-sender.ts';
import type { AttemptHand, DeliveryQueue } from './worker.ts';

/** The type of what subscribers are told; as an event it travels on the subject that the subscription names. */
const MATCHED_TYPE = 'clair.v1.notification.matched';
const UNSIGNED = 'not posted, because it cannot be signed: the configuration has no notifier.signing_keys';
const NO_NATS = 'not published: the configuration has no nats.servers, so that nobody could hear it';
const GONE_MEANWHILE = 'the subscription was deleted, or the delivery collected';
const GONE = 'the receiver answered 410: it wants no more notifications';

const MIB = 1024 * 1024;
/**
 * For what is in hand. Measured with 6 receivers that answer beside n that never do, on 2 busy cores: at the change that finds them so,
 * the 6 are posted to after 0.1 s (n = 40), 1.5 s (300), 1.7 s (900) with bodies of 1 KiB, and 3.5 s (900) with 46 KiB; at every
 * change after it within 0.1 s. 900 bodies of 240 KiB fill the room: 18 s once, and the process grows by 0.3 GB. With 32 attempts
 * for all, 40 made the others wait for 15 s.
 */
const ROOM_BYTES: Readonly<Record<Standing, number>> = { steady: 128 * MIB, failing: 32 * MIB };

/** Clair's webhook, of the configuration. */
export function webhookQueue(send: ReturnType<typeof createWebhookSender>): DeliveryQueue {
  return {
    target: 'webhook',
    room: new Room(8 * ATTEMPT_BYTES_MAX),
    claim: claimForWebhook,
    nextDueMs: nextDueForWebhookMs,
    attempt: ({ setId }, { signal }) => {
      invariant(setId !== undefined, 'a delivery to the webhook is of a set');
      return send(setId, signal);
    },
  };
}

export interface SubscriptionQueueOptions {
  readonly db: Database;
  readonly bus: Pick<EventBus, 'publish'>;
  /** Whether what is published on the bus leaves the process. */
  readonly hasNats: boolean;
  readonly guard: AddressGuard;
  readonly clock: () => number;
  /** The newest first; each signs. */
  readonly signingKeys: readonly Uint8Array[];
  readonly timeoutMs?: number;
}

/** The webhooks and NATS subjects of the subscriptions of one standing. */
export function subscriptionQueue(standing: Standing, options: SubscriptionQueueOptions): DeliveryQueue {
  const { db, clock } = options;
  return {
    target: 'subscription',
    room: new Room(ROOM_BYTES[standing]),
    claim: (database, request) => claimForSubscriptions(database, standing, request),
    nextDueMs: (database, nowMs) => nextDueForSubscriptionsMs(database, standing, nowMs),
    attempt: async ({ id }, hand) => {
      const owed = await loadOwedMessage(db, id);
      const limits = { limit: MESSAGE_NOTIFICATIONS_MAX, bytesMax: MESSAGE_BYTES_MAX };
      const content = owed && (await loadOwedContent(db, { deliveryId: id, ...limits }));
      if (owed === undefined || content === undefined) return { kind: 'failed', reason: GONE_MEANWHILE };
      const data = matchedData(owed, content);
      const { target } = owed.subscription;
      // The bus of one process takes it, and nobody is there to hear it.
      if (target.kind === 'nats' && !options.hasNats) return { kind: 'failed', reason: NO_NATS };
      if (target.kind === 'nats') return publish(options, { owed, data, subject: target.subject }, hand);
      // The keys were taken out of the configuration: a post that nobody can verify is worse than a late one.
      if (options.signingKeys.length === 0) return { kind: 'failed', reason: UNSIGNED };
      return post(options, { owed, data, url: target.url }, hand);
    },
    gone: async ({ subscriptionId }) => {
      if (subscriptionId === undefined) return;
      await disableSubscription(db, subscriptionId, { reason: GONE, nowMs: clock() });
    },
  };
}

interface Message {
  readonly owed: OwedMessage;
  readonly data: MatchedData;
}

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md: type, timestamp, data. */
function post(
  { guard, clock, signingKeys, timeoutMs }: SubscriptionQueueOptions,
  { owed, data, url }: Message & { readonly url: string },
  { signal, weigh }: AttemptHand,
): Promise<AttemptResult> {
  const text = JSON.stringify({ type: MATCHED_TYPE, timestamp: owed.at.toISOString(), data });
  // As bytes, and only so: of a text the client would make a copy, and both would be held until there is an answer.
  const body = Buffer.from(text);
  weigh(body.byteLength);
  const nowMs = clock();
  const signed = { id: owed.deliveryId, timestamp: Math.floor(nowMs / 1000), body: text };
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'clair-notifier',
    ...signedHeaders(secretsOf(owed.subscription, { signingKeys, nowMs }), signed),
  };
  return postOnce({ url: new URL(url), headers, body }, { guard, signal, nowMs, timeoutMs });
}

/** Every secret that a receiver may hold: of each key, this generation, and the one before for as long as it is valid. */
function secretsOf(
  { id, secretGeneration, previousSecretUntil }: OwedMessage['subscription'],
  { signingKeys, nowMs }: { readonly signingKeys: readonly Uint8Array[]; readonly nowMs: number },
): readonly string[] {
  const isOverlap = secretGeneration > 1 && previousSecretUntil !== undefined && previousSecretUntil.getTime() > nowMs;
  const generations = isOverlap ? [secretGeneration, secretGeneration - 1] : [secretGeneration];
  return signingKeys.flatMap((key) =>
    generations.map((generation) => webhookSecret(key, { subscriptionId: id, generation })),
  );
}

async function publish(
  { bus }: SubscriptionQueueOptions,
  { owed, data, subject }: Message & { readonly subject: string },
  { weigh }: AttemptHand,
): Promise<AttemptResult> {
  const event: CloudEvent = {
    specversion: '1.0',
    id: eventId(owed),
    source: '/clair/notifier',
    type: subject,
    time: owed.at.toISOString(),
    datacontenttype: 'application/json',
    data,
  };
  const bytes = Buffer.byteLength(JSON.stringify(event));
  weigh(bytes);
  const isLong = bytes > EVENT_BYTES_MAX;
  try {
    await bus.publish(isLong ? { ...event, data: { ...data, notifications: [], complete: false } } : event);
    return { kind: 'published' };
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : 'the bus refused the event' };
  }
}

/**
 * The same for every attempt, so that JetStream and subscribers drop what comes twice; another for each replay, which they would
 * drop too, and somebody wants it to arrive.
 */
function eventId({ deliveryId, replays }: OwedMessage): string {
  return replays === 0 ? deliveryId : `${deliveryId}.${replays}`;
}
