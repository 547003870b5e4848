import type { Metrics } from '@clair/service-kit';
import type { DeliveryOutcome } from './delivery/outcome.ts';
import type { DeliveryTarget } from './store/deliveries.ts';

/** What the notifier counts. One method for each event, so that names and labels are in one place. */
export interface NotifierMetrics {
  attempted(target: DeliveryTarget, outcome: DeliveryOutcome['kind']): void;
  created(feed: string, notifications: number): void;
  /** Operations that the matcher has and nobody was notified of. */
  lag(operations: number): void;
  /** Rows of a diff, or answers about them, that could not be read and so notify nobody. */
  rejected(from: 'matcher' | 'indexer', count: number): void;
  /** Operations that were never notified because the matcher no longer has their history. */
  historyLost(operations: number): void;
  collected(sets: number): void;
}

export function createNotifierMetrics(metrics: Metrics): NotifierMetrics {
  const deliveries = metrics.counter({
    name: 'clair_notifier_delivery_attempts_total',
    help: 'Attempts to deliver a notification set, by target and outcome.',
    labelNames: ['target', 'outcome'] as const,
  });
  const created = metrics.counter({
    name: 'clair_notifier_notifications_created_total',
    help: 'Notifications created, by the feed that changed.',
    labelNames: ['feed'] as const,
  });
  const lag = metrics.gauge({
    name: 'clair_notifier_lag_operations',
    help: 'The newest operation of the matcher less the last one notified.',
  });
  const rejected = metrics.counter({
    name: 'clair_notifier_rejected_rows_total',
    help: 'Changed rows and answers that could not be read, by who sent them.',
    labelNames: ['from'] as const,
  });
  const historyLost = metrics.counter({
    name: 'clair_notifier_lost_operations_total',
    help: 'Operations never notified because the matcher no longer had their history.',
  });
  const collected = metrics.counter({
    name: 'clair_notifier_sets_collected_total',
    help: 'Notification sets removed because they were deleted or old.',
  });
  return {
    attempted: (target, outcome) => deliveries.inc({ target, outcome }),
    created: (feed, notifications) => created.inc({ feed }, notifications),
    lag: (operations) => lag.set(Math.max(0, operations)),
    rejected: (from, count) => rejected.inc({ from }, count),
    historyLost: (operations) => historyLost.inc(operations),
    collected: (sets) => collected.inc(sets),
  };
}
