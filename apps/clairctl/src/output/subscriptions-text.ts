import type { DeliveryV2, SubscriptionV2 } from '../api-shapes.ts';
import { age } from './age.ts';
import { renderColumns } from './columns.ts';
import { printable } from './printable.ts';

/** A line a subscription, and under the table why any is disabled. */
export function renderSubscriptions(subscriptions: readonly SubscriptionV2[]): string {
  if (subscriptions.length === 0) return 'no subscriptions\n';
  const rows = subscriptions.map((one) => [
    printable(one.name),
    one.disabled ? 'disabled' : 'active',
    printable(one.target.webhook?.url ?? one.target.nats?.subject ?? ''),
    printable(filterText(one)),
    one.digest === undefined
      ? 'at once'
      : `every ${one.digest.window}, ${one.digest.per === 'manifest' ? 'for each image' : 'in one'}`,
  ]);
  const notes = subscriptions
    .filter((one) => one.disabled_reason !== '')
    .map((one) => printable(`${one.name}: ${one.disabled_reason}`));
  const table = renderColumns(['NAME', 'STATE', 'TARGET', 'WANTS', 'WHEN'], rows);
  return `${[table, ...(notes.length > 0 ? ['', ...notes] : [])].join('\n')}\n`;
}

function filterText({ filter = {} }: SubscriptionV2): string {
  const { kinds = [], min_severity: severity = 'Unknown', labels = {} } = filter;
  const parts = [
    kinds.join('|'),
    severity === 'Unknown' ? '' : `>=${severity}`,
    filter.fixable_only === true ? 'fixable' : '',
    filter.package ? `package=${filter.package}` : '',
    filter.namespace ? `namespace=${filter.namespace}` : '',
    ...Object.entries(labels).map(([name, value]) => `${name}=${value}`),
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'everything' : parts.join(' ');
}

/** A line a delivery, the newest first. */
export function renderDeliveries(deliveries: readonly DeliveryV2[], nowMs: number): string {
  if (deliveries.length === 0) return 'no deliveries\n';
  const rows = deliveries.map((one) => [
    one.id,
    one.state,
    printable(one.subscription?.name ?? one.target),
    age(one.created_at, nowMs),
    String(one.attempts),
    printable(one.last_error),
  ]);
  return `${renderColumns(['DELIVERY', 'STATE', 'TO', 'MADE', 'ATTEMPTS', 'LAST ERROR'], rows)}\n`;
}
