import type { EventBus } from '@clair/bus';
import { type CloudEvent, EVENT_BYTES_MAX } from '@clair/contracts';
import { invariant } from '@clair/model';
import type { AddressGuard } from '@clair/oci';
import type { Database } from '@clair/postgres';
import { claimForWebhook, nextDueForWebhookMs } from '../store/deliveries.ts';
import {
  claimForSubscriptions,
  loadOwedMessage,
  loadOwedPage,
  nextDueForSubscriptionsMs,
  type OwedMessage,
} from '../store/subscription-deliveries.ts';
import { disableSubscription } from '../store/subscriptions.ts';
import { signedHeaders, webhookSecret } from '../subscription/secret.ts';
import { type MatchedData, MESSAGE_BYTES_MAX, MESSAGE_NOTIFICATIONS_MAX, matchedData } from './matched-message.ts';
import type { AttemptResult } from './outcome.ts';
import { postOnce } from './post.ts';
import type { createWebhookSender } from './webhook-sender.ts';
import type { DeliveryQueue } from './worker.ts';

/** The type of what subscribers are told; as an event it travels on the subject that the subscription names. */
const MATCHED_TYPE = 'clair.v1.notification.matched';
const UNSIGNED = 'not posted, because it cannot be signed: the configuration has no notifier.signing_keys';
const GONE_MEANWHILE = 'the subscription was deleted, or the delivery collected';
const GONE = 'the receiver answered 410: it wants no more notifications';

/** Clair's webhook, of the configuration. */
export function webhookQueue(send: ReturnType<typeof createWebhookSender>): DeliveryQueue {
  return {
    target: 'webhook',
    attemptsAtOnce: 8,
    claim: claimForWebhook,
    nextDueMs: nextDueForWebhookMs,
    attempt: ({ setId }, signal) => {
      invariant(setId !== undefined, 'a delivery to the webhook is of a set');
      return send(setId, signal);
    },
  };
}

export interface SubscriptionQueueOptions {
  readonly db: Database;
  readonly bus: Pick<EventBus, 'publish'>;
  readonly guard: AddressGuard;
  readonly clock: () => number;
  /** The newest first; each signs. */
  readonly signingKeys: readonly Uint8Array[];
  readonly timeoutMs?: number;
}

/** The webhooks and NATS subjects of the subscriptions. */
export function subscriptionQueue(options: SubscriptionQueueOptions): DeliveryQueue {
  const { db, clock } = options;
  return {
    target: 'subscription',
    attemptsAtOnce: 32,
    claim: claimForSubscriptions,
    nextDueMs: nextDueForSubscriptionsMs,
    attempt: async ({ id }, signal) => {
      const owed = await loadOwedMessage(db, id);
      const limits = { limit: MESSAGE_NOTIFICATIONS_MAX, bytesMax: MESSAGE_BYTES_MAX };
      const page = owed && (await loadOwedPage(db, { deliveryId: id, ...limits }));
      if (owed === undefined || page === undefined) return { kind: 'failed', reason: GONE_MEANWHILE };
      const data = matchedData(owed, page);
      const { target } = owed.subscription;
      if (target.kind === 'nats') return publish(options, { owed, data, subject: target.subject });
      // The keys were taken out of the configuration: a post that nobody can verify is worse than a late one.
      if (options.signingKeys.length === 0) return { kind: 'failed', reason: UNSIGNED };
      return post(options, { owed, data, url: target.url }, signal);
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
  signal: AbortSignal,
): Promise<AttemptResult> {
  const body = JSON.stringify({ type: MATCHED_TYPE, timestamp: owed.at.toISOString(), data });
  const nowMs = clock();
  const signed = { id: owed.deliveryId, timestamp: Math.floor(nowMs / 1000), body };
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
): Promise<AttemptResult> {
  const event: CloudEvent = {
    specversion: '1.0',
    id: owed.deliveryId,
    source: '/clair/notifier',
    type: subject,
    time: owed.at.toISOString(),
    datacontenttype: 'application/json',
    data,
  };
  const isLong = Buffer.byteLength(JSON.stringify(event)) > EVENT_BYTES_MAX;
  try {
    await bus.publish(isLong ? { ...event, data: { ...data, notifications: [], complete: false } } : event);
    return { kind: 'published' };
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : 'the bus refused the event' };
  }
}
