import type { Notification, NotifiedChange } from '@clair/contracts';
import type { StoredNotification } from './store/pages.ts';

/** A notification as gRPC and the event say it. */
export function toNotifiedChange(notification: StoredNotification): NotifiedChange {
  const { summary, packageVersion, packageArch, detail } = notification;
  return {
    id: notification.id,
    manifest: notification.manifest,
    reason: notification.reason,
    ...detail,
    vulnerability: {
      name: summary.name,
      description: summary.description,
      packageName: summary.packageName,
      packageVersion,
      packageArch,
      packageKind: summary.packageKind,
      namespace: summary.namespace,
      normalizedSeverity: summary.severity,
      fixedInVersion: summary.fixedInVersion,
      links: summary.links,
    },
  };
}

/** A notification as gRPC says it. */
export function notificationToWire(notification: StoredNotification): Notification {
  const { manifest, severityBefore = '', epssBefore = 0, epssAfter = 0, ...change } = toNotifiedChange(notification);
  const labels = Object.entries(notification.labels).map(([name, values]) => ({ name, values }));
  const notifiedAt = notification.notifiedAt.toISOString();
  return { ...change, manifestHash: manifest, notifiedAt, labels, severityBefore, epssBefore, epssAfter };
}
