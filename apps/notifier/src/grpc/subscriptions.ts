import type {
  CreateSubscriptionRequest,
  CreateSubscriptionResponse,
  DeleteSubscriptionResponse,
  RotateSubscriptionSecretResponse,
  UpdateSubscriptionRequest,
  WireSubscription,
} from '@clair/contracts';
import type { AddressGuard } from '@clair/oci';
import type { Database } from '@clair/postgres';
import { ServiceError } from '@clair/service-kit';
import * as store from '../store/subscriptions.ts';
import { parseSubscription } from '../subscription/parse.ts';
import { webhookSecret } from '../subscription/secret.ts';
import type { Subscription, SubscriptionSpec } from '../subscription/subscription.ts';
import { NIL_UUID, parseUuid } from '../uuid.ts';

/** How long the secret before a rotation is good for. */
const OVERLAP_MS = 24 * 3_600_000;

/** Each is asked about every set in the transaction that makes it. */
const SUBSCRIPTIONS_MAX = 1000;

export interface SubscriptionDependencies {
  readonly db: Database;
  readonly clock: () => number;
  /** The newest first. */
  readonly signingKeys: readonly Uint8Array[];
  readonly guard: Pick<AddressGuard, 'refuseUrl'>;
  /** As the guard would be with `allow_private_targets`. */
  readonly openGuard: Pick<AddressGuard, 'refuseUrl'>;
  /** Whether what is published on the bus leaves the process. */
  readonly hasNats: boolean;
  /** Called when there is something to deliver. */
  readonly wake: () => void;
  /** The webhook of the configuration, as the list shows it. */
  readonly builtIn: WireSubscription | undefined;
}

/** A UUID, lower case; INVALID_ARGUMENT for anything else. */
export function subscriptionIdOf(text: string): string {
  const id = parseUuid(text);
  if (!id.ok) throw new ServiceError('invalid-argument', 'the id of a subscription must be a UUID');
  return id.value;
}

export async function createSubscription(
  deps: SubscriptionDependencies,
  { subscription }: CreateSubscriptionRequest,
): Promise<CreateSubscriptionResponse> {
  const spec = checked(subscription);
  requireReachable(deps, spec);
  if ((await store.countSubscriptions(deps.db)) >= SUBSCRIPTIONS_MAX) {
    throw new ServiceError(
      'resource-exhausted',
      `there are ${SUBSCRIPTIONS_MAX} subscriptions, which is the most; delete one`,
    );
  }
  const made = await store.insertSubscription(deps.db, spec, deps.clock());
  if (made === 'name-taken') throw nameTaken(spec);
  return { subscription: subscriptionToWire(made), secret: secretOf(deps, made) };
}

export async function getSubscription(
  deps: SubscriptionDependencies,
  request: { readonly id: string },
): Promise<{ readonly subscription: WireSubscription }> {
  const id = subscriptionIdOf(request.id);
  if (id === NIL_UUID && deps.builtIn !== undefined) return { subscription: deps.builtIn };
  return { subscription: subscriptionToWire(known(await store.loadSubscription(deps.db, id))) };
}

export async function listSubscriptions(
  deps: SubscriptionDependencies,
): Promise<{ readonly subscriptions: readonly WireSubscription[] }> {
  const own = (await store.listSubscriptions(deps.db)).map(subscriptionToWire);
  return { subscriptions: deps.builtIn === undefined ? own : [deps.builtIn, ...own] };
}

/** The secret is empty unless it is new: when a webhook takes the place of a subject. */
export async function updateSubscription(
  deps: SubscriptionDependencies,
  { subscription }: UpdateSubscriptionRequest,
): Promise<{ readonly subscription: WireSubscription; readonly secret: string }> {
  const id = ownIdOf(subscription?.id ?? '');
  const spec = checked(subscription);
  // One that cannot be delivered to any more can be disabled still.
  if (!spec.disabled) requireReachable(deps, spec);
  const updated = await store.updateSubscription(deps.db, id, spec);
  if (updated === 'name-taken') throw nameTaken(spec);
  const stored = known(updated?.subscription);
  // What was owed when it was disabled is owed still.
  if (!spec.disabled) deps.wake();
  return { subscription: subscriptionToWire(stored), secret: updated?.hasNewSecret ? secretOf(deps, stored) : '' };
}

export async function deleteSubscription(
  deps: SubscriptionDependencies,
  request: { readonly id: string },
): Promise<DeleteSubscriptionResponse> {
  return store.deleteSubscription(deps.db, ownIdOf(request.id));
}

export async function rotateSecret(
  deps: SubscriptionDependencies,
  request: { readonly id: string },
): Promise<RotateSubscriptionSecretResponse> {
  const id = ownIdOf(request.id);
  const { target } = known(await store.loadSubscription(deps.db, id));
  if (target.kind !== 'webhook') throw new ServiceError('failed-precondition', 'only webhooks have a secret');
  requireSigningKey(deps);
  const until = new Date(deps.clock() + OVERLAP_MS);
  const rotated = known(await store.rotateSecret(deps.db, id, until.getTime()));
  return { secret: secretOf(deps, rotated), previousUntil: until.toISOString() };
}

function ownIdOf(text: string): string {
  const id = subscriptionIdOf(text);
  if (id !== NIL_UUID) return id;
  throw new ServiceError(
    'failed-precondition',
    'the built-in subscription is changed in the configuration: notifier.webhook',
  );
}

function checked(wire: WireSubscription | undefined): SubscriptionSpec {
  const spec = parseSubscription(wire);
  if (!spec.ok) throw new ServiceError('invalid-argument', spec.error);
  return spec.value;
}

/** Refuses a target that nothing could be delivered to. */
function requireReachable(deps: SubscriptionDependencies, { target }: SubscriptionSpec): void {
  if (target.kind === 'nats') {
    if (deps.hasNats) return;
    throw new ServiceError(
      'failed-precondition',
      'nobody could hear a message on NATS, because the configuration has no nats.servers: add them, or use a webhook',
    );
  }
  const url = new URL(target.url);
  const refusal = deps.guard.refuseUrl(url);
  if (refusal !== undefined) {
    const wouldHelp = deps.openGuard.refuseUrl(url) === undefined;
    const hint = wouldHelp ? '; private networks are allowed by notifier.allow_private_targets' : '';
    throw new ServiceError('invalid-argument', `target.webhook.url: ${refusal.reason}${hint}`);
  }
  requireSigningKey(deps);
}

function requireSigningKey({ signingKeys }: SubscriptionDependencies): void {
  if (signingKeys.length > 0) return;
  throw new ServiceError(
    'failed-precondition',
    'webhooks are signed, and the configuration has no notifier.signing_keys: add one made by "openssl rand -base64 32"',
  );
}

function secretOf({ signingKeys }: SubscriptionDependencies, { id, target, secretGeneration }: Subscription): string {
  const [newest] = signingKeys;
  if (target.kind !== 'webhook' || newest === undefined) return '';
  return webhookSecret(newest, { subscriptionId: id, generation: secretGeneration });
}

function known(subscription: Subscription | undefined): Subscription {
  if (subscription === undefined) throw new ServiceError('not-found', 'there is no such subscription');
  return subscription;
}

function nameTaken({ name }: SubscriptionSpec): ServiceError {
  return new ServiceError('conflict', `there is a subscription named ${name} already`);
}

function subscriptionToWire(subscription: Subscription): WireSubscription {
  const { id, name, target, filter, digest, disabledReason, createdAt } = subscription;
  return {
    id,
    name,
    target: {
      target:
        target.kind === 'webhook'
          ? { $case: 'webhookUrl', value: target.url }
          : { $case: 'natsSubject', value: target.subject },
    },
    filter: { ...filter, minSeverity: filter.minSeverity === 'Unknown' ? '' : filter.minSeverity },
    digest,
    disabled: disabledReason !== undefined,
    disabledReason: disabledReason ?? '',
    createdAt: createdAt.toISOString(),
    builtIn: false,
  };
}
