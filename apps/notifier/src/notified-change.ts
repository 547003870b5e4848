import type { NotifiedChange } from '@clair/contracts';
import type { StoredNotification } from './store/pages.ts';

/** A notification as gRPC and the event say it. */
export function toNotifiedChange(notification: StoredNotification): NotifiedChange {
  const { summary, packageVersion, packageArch } = notification;
  return {
    id: notification.id,
    manifest: notification.manifest,
    reason: notification.reason,
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
