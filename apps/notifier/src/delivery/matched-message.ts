import type { Severity } from '@clair/model';
import type { OwedContent } from '../store/owed-message.ts';
import type { StoredNotification } from '../store/pages.ts';
import type { OwedMessage } from '../store/subscription-deliveries.ts';

/** Notifications in a message; of more the gravest, and the receiver pages through the delivery for the others. */
export const MESSAGE_NOTIFICATIONS_MAX = 100;
/** What a message's notifications may take: some receivers, and NATS by default, take a megabyte at most. */
export const MESSAGE_BYTES_MAX = 256 * 1024;

/** One change of a manifest's findings, as HTTP and the messages to subscribers say it. */
export interface NotificationV2 {
  readonly id: string;
  readonly manifest: string;
  readonly kind: StoredNotification['reason'];
  /** RFC 3339: when its set was made. Of one manifest and finding, the later one holds. */
  readonly notified_at: string;
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
    notified_at: stored.notifiedAt.toISOString(),
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
  /** How many of `count` there are of each severity, whatever of them is in `notifications`. */
  readonly severities: Readonly<Partial<Record<Severity, number>>>;
  /** The gravest first, of equals the first notified first; the gravest of all when `complete` is false. */
  readonly notifications: readonly NotificationV2[];
  readonly complete: boolean;
  /** Where all of them are paged through, below the service's address. */
  readonly page: string;
}

export function matchedData(owed: OwedMessage, { gravest, complete, severities }: OwedContent): MatchedData {
  return {
    delivery_id: owed.deliveryId,
    subscription: { id: owed.subscription.id, name: owed.subscription.name },
    count: owed.count,
    severities: Object.fromEntries(severities),
    notifications: gravest.map(notificationV2),
    complete,
    page: `/notifier/api/v2/deliveries/${owed.deliveryId}/notifications`,
  };
}
