import { SEVERITIES, type Severity } from '@clair/model';
import type { NotificationPage, StoredNotification } from '../store/pages.ts';
import type { OwedMessage } from '../store/subscription-deliveries.ts';

/** Notifications in a message; of more there is none, and the receiver pages through the delivery. */
export const MESSAGE_NOTIFICATIONS_MAX = 100;
/** What a message's notifications may take: some receivers, and NATS by default, take a megabyte at most. */
export const MESSAGE_BYTES_MAX = 256 * 1024;

/** One change of a manifest's findings, as HTTP and the messages to subscribers say it. */
export interface NotificationV2 {
  readonly id: string;
  readonly manifest: string;
  readonly kind: StoredNotification['reason'];
  readonly certainty: 'affected' | 'undecidable';
  readonly labels: Readonly<Record<string, readonly string[]>>;
  readonly package: {
    readonly name: string;
    readonly version: string;
    readonly arch: string;
    readonly kind: string;
    readonly namespace: string;
  };
  readonly vulnerability: {
    readonly name: string;
    readonly description: string;
    readonly severity: Severity;
    readonly fixed_in_version: string;
    readonly links: readonly string[];
  };
  readonly severity_before?: Severity;
  readonly epss_before?: number;
  readonly epss_after?: number;
}

export function notificationV2(stored: StoredNotification): NotificationV2 {
  const { id, manifest, reason, summary, labels, detail } = stored;
  return {
    id,
    manifest,
    kind: reason,
    certainty: stored.certainty === 2 ? 'affected' : 'undecidable',
    labels,
    package: {
      name: summary.packageName,
      version: stored.packageVersion,
      arch: stored.packageArch,
      kind: summary.packageKind,
      namespace: summary.namespace,
    },
    vulnerability: {
      name: summary.name,
      description: summary.description,
      severity: summary.severity,
      fixed_in_version: summary.fixedInVersion,
      links: summary.links,
    },
    ...(detail.severityBefore !== undefined && { severity_before: detail.severityBefore }),
    ...(detail.epssBefore !== undefined && { epss_before: detail.epssBefore }),
    ...(detail.epssAfter !== undefined && { epss_after: detail.epssAfter }),
  };
}

/** What a subscriber gets, whichever way. The same bytes at every attempt. */
export interface MatchedData {
  readonly delivery_id: string;
  readonly subscription: { readonly id: string; readonly name: string };
  readonly count: number;
  /** How many of each severity there are among `notifications`. */
  readonly severities: Readonly<Partial<Record<Severity, number>>>;
  /** The gravest first; not all of them when `complete` is false. */
  readonly notifications: readonly NotificationV2[];
  readonly complete: boolean;
  /** Where all of them are paged through, below the service's address. */
  readonly page: string;
}

export function matchedData(owed: OwedMessage, { notifications, next }: NotificationPage): MatchedData {
  const shown = notifications.map(notificationV2).sort(graverFirst);
  return {
    delivery_id: owed.deliveryId,
    subscription: { id: owed.subscription.id, name: owed.subscription.name },
    count: owed.count,
    severities: countBySeverity(shown),
    notifications: shown,
    complete: next === undefined,
    page: `/notifier/api/v2/deliveries/${owed.deliveryId}/notifications`,
  };
}

function rank({ vulnerability }: NotificationV2): number {
  return SEVERITIES.indexOf(vulnerability.severity);
}

function graverFirst(a: NotificationV2, b: NotificationV2): number {
  return rank(b) - rank(a) || (a.id < b.id ? -1 : 1);
}

function countBySeverity(notifications: readonly NotificationV2[]): Partial<Record<Severity, number>> {
  const counts: Partial<Record<Severity, number>> = {};
  for (const { vulnerability } of notifications) {
    counts[vulnerability.severity] = (counts[vulnerability.severity] ?? 0) + 1;
  }
  return counts;
}
