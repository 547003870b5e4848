import { CommandError } from '../api.ts';
import type { DeliveryV2, SubscriptionV2 } from '../api-shapes.ts';
import { renderDeliveries, renderSubscriptions } from '../output/subscriptions-text.ts';
import { type TargetOptions, withTarget } from '../target.ts';
import type { Terminal } from './report.ts';

const SUBSCRIPTIONS = '/notifier/api/v2/subscriptions';
const DELIVERIES = '/notifier/api/v2/deliveries';

export interface Printed {
  readonly out: 'text' | 'json';
}

export interface SubscribeOptions {
  readonly webhook?: string;
  readonly nats?: string;
  readonly kind?: readonly string[];
  readonly minSeverity?: string;
  readonly fixable: boolean;
  readonly package?: string;
  readonly namespace?: string;
  readonly label?: readonly string[];
  readonly epssThreshold?: number;
  readonly digest?: string;
  readonly perManifest: boolean;
}

export async function listSubscriptions(options: TargetOptions & Printed, terminal: Terminal): Promise<number> {
  return withTarget(options, terminal, async ({ api }) => {
    const body = await api.call('GET', SUBSCRIPTIONS, { failed: 'the subscriptions are not known' });
    const { subscriptions } = body as { subscriptions: SubscriptionV2[] }; // Safety: the service checks its answers.
    terminal.progress.clear();
    terminal.out(options.out === 'json' ? `${JSON.stringify(subscriptions)}\n` : renderSubscriptions(subscriptions));
    return 0;
  });
}

/** Prints the secret of a webhook on standard output, since it is never shown again. */
export async function createSubscription(
  name: string,
  options: TargetOptions & SubscribeOptions,
  terminal: Terminal,
): Promise<number> {
  return withTarget(options, terminal, async ({ api }) => {
    const body = { name, ...wanted(options) };
    const made = await api.call('POST', SUBSCRIPTIONS, { failed: 'not subscribed', body });
    const { subscription, secret } = made as { subscription: SubscriptionV2; secret: string }; // Safety: as above.
    terminal.progress.clear();
    terminal.err(`clairctl: subscription ${subscription.id}\n`);
    if (secret !== '') {
      terminal.err('clairctl: the secret to verify posts with; it is not shown again:\n');
      terminal.out(`${secret}\n`);
    }
    return 0;
  });
}

function wanted(options: SubscribeOptions): object {
  const { webhook, nats, minSeverity, epssThreshold, digest } = options;
  return {
    target: {
      ...(webhook !== undefined && { webhook: { url: webhook } }),
      ...(nats !== undefined && { nats: { subject: nats } }),
    },
    filter: {
      ...(options.kind && { kinds: options.kind }),
      ...(minSeverity !== undefined && { min_severity: minSeverity }),
      ...(options.fixable && { fixable_only: true }),
      ...(options.package !== undefined && { package: options.package }),
      ...(options.namespace !== undefined && { namespace: options.namespace }),
      ...(options.label && { labels: labelsOf(options.label) }),
      ...(epssThreshold !== undefined && { epss_threshold: epssThreshold }),
    },
    ...(digest !== undefined && { digest: { window: digest, per: options.perManifest ? 'manifest' : 'all' } }),
  };
}

function labelsOf(texts: readonly string[]): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const text of texts) {
    const equals = text.indexOf('=');
    if (equals < 1) throw new CommandError(`--label ${text}: write NAME=VALUE`);
    labels[text.slice(0, equals)] = text.slice(equals + 1);
  }
  return labels;
}

export async function deleteSubscription(name: string, options: TargetOptions, terminal: Terminal): Promise<number> {
  return withTarget(options, terminal, async ({ api }) => {
    const { id } = await find(api, name);
    await api.call('DELETE', `${SUBSCRIPTIONS}/${id}`, { failed: 'not deleted' });
    terminal.progress.clear();
    terminal.out(`${id}\n`);
    return 0;
  });
}

export async function enableSubscription(
  name: string,
  options: TargetOptions & { readonly disabled: boolean },
  terminal: Terminal,
): Promise<number> {
  return withTarget(options, terminal, async ({ api }) => {
    const { id, built_in: _, disabled_reason: __, created_at: ___, ...kept } = await find(api, name);
    const body = { ...kept, disabled: options.disabled };
    await api.call('PUT', `${SUBSCRIPTIONS}/${id}`, { failed: 'not changed', body });
    terminal.progress.clear();
    terminal.out(`${id}\n`);
    return 0;
  });
}

export async function rotateSecret(name: string, options: TargetOptions, terminal: Terminal): Promise<number> {
  return withTarget(options, terminal, async ({ api }) => {
    const { id } = await find(api, name);
    const answer = await api.call('POST', `${SUBSCRIPTIONS}/${id}/rotate_secret`, { failed: 'not rotated' });
    const { secret, previous_until } = answer as { secret: string; previous_until: string }; // Safety: as above.
    terminal.progress.clear();
    terminal.err(`clairctl: posts are signed with the secret before too, until ${previous_until}; the new one:\n`);
    terminal.out(`${secret}\n`);
    return 0;
  });
}

export interface DeliveriesOptions extends TargetOptions, Printed {
  readonly state?: string;
  readonly subscription?: string;
  readonly limit: number;
}

export async function listDeliveries(options: DeliveriesOptions, terminal: Terminal): Promise<number> {
  return withTarget(options, terminal, async ({ api }) => {
    const deliveries = await deliveriesOf(api, options);
    terminal.progress.clear();
    terminal.out(options.out === 'json' ? `${JSON.stringify(deliveries)}\n` : renderDeliveries(deliveries, Date.now()));
    return 0;
  });
}

async function deliveriesOf(
  api: Api,
  { state, subscription, limit }: Pick<DeliveriesOptions, 'state' | 'subscription' | 'limit'>,
): Promise<readonly DeliveryV2[]> {
  const query = new URLSearchParams({ limit: String(limit) });
  if (state !== undefined) query.set('state', state);
  if (subscription !== undefined) query.set('subscription', (await find(api, subscription)).id);
  const body = await api.call('GET', `${DELIVERIES}?${query}`, { failed: 'the deliveries are not known' });
  return (body as { deliveries: DeliveryV2[] }).deliveries; // Safety: as above.
}

/** Replays those named; with a subscription, all of its dead ones. */
export async function replayDeliveries(
  ids: readonly string[],
  options: TargetOptions & { readonly subscription?: string },
  terminal: Terminal,
): Promise<number> {
  const { subscription } = options;
  if (ids.length === 0 && subscription === undefined)
    throw new CommandError('deliveries replay: name deliveries, or a subscription with --subscription');
  // An empty variable of a shell script; it would address the list of deliveries.
  if (ids.includes('')) throw new CommandError('deliveries replay: "" is no delivery');
  return withTarget(options, terminal, async ({ api }) => {
    const dead =
      subscription === undefined ? [] : await deliveriesOf(api, { state: 'dead', subscription, limit: 1000 });
    const all = [...ids, ...dead.map(({ id }) => id)];
    if (all.length === 0) terminal.err('clairctl: there is nothing to replay\n');
    for (const id of all) {
      await api.call('POST', `${DELIVERIES}/${id}/replay`, { failed: `${id} is not replayed` });
      terminal.progress.clear();
      terminal.out(`${id}\n`);
    }
    return 0;
  });
}

type Api = Parameters<Parameters<typeof withTarget>[2]>[0]['api'];

/** By name or id. */
async function find(api: Api, name: string): Promise<SubscriptionV2> {
  const body = await api.call('GET', SUBSCRIPTIONS, { failed: 'the subscriptions are not known' });
  const { subscriptions } = body as { subscriptions: SubscriptionV2[] }; // Safety: as above.
  const found = subscriptions.find((one) => one.name === name || one.id === name);
  if (found === undefined) throw new CommandError(`there is no subscription ${name}: see clairctl subscriptions list`);
  return found;
}
