import type { EventBus } from '@clair/bus';
import { decodeEvent, NOTIFICATION_CREATED, readEnvelope } from '@clair/contracts';
import { invariant } from '@clair/model';
import type { Database, OutboxEvent } from '@clair/postgres';
import type { NotifierMetrics } from '../notifier-metrics.ts';
import { recordPublished } from '../store/deliveries.ts';

const ERROR_CHARS_MAX = 500;

export interface EventPublisherDependencies {
  readonly db: Database;
  readonly bus: Pick<EventBus, 'publish'>;
  readonly metrics: NotifierMetrics;
  readonly clock: () => number;
}

/**
 * Publishes an event of the outbox and records it as the set's delivery to `nats`. Rejects when the bus does not take
 * it; the outbox then tries again, for as long as that takes.
 */
export async function publishEvent(deps: EventPublisherDependencies, event: OutboxEvent): Promise<void> {
  const envelope = readEnvelope(event.body);
  invariant(envelope.ok, 'the outbox holds what announcement() made');
  const decoded = decodeEvent(envelope.value);
  invariant(decoded.ok && decoded.value.type === NOTIFICATION_CREATED, 'the notifier announces nothing else');
  const setId = decoded.value.data.notificationId;
  try {
    await deps.bus.publish(envelope.value);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'the bus refused the event';
    await recordPublished(deps.db, setId, { error: reason.slice(0, ERROR_CHARS_MAX), nowMs: deps.clock() });
    deps.metrics.attempted('nats', 'retry');
    throw error;
  }
  await recordPublished(deps.db, setId, { error: undefined, nowMs: deps.clock() });
  deps.metrics.attempted('nats', 'delivered');
}
