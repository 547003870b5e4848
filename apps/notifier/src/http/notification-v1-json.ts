import type { DistributionV1, PackageV1 } from '@clair/contracts';
import type { NotificationPage, StoredNotification } from '../store/pages.ts';

/** What Clair calls a vulnerability summary; `severity` is the normalised one. */
export interface VulnerabilitySummaryV1 {
  readonly name: string;
  readonly description: string;
  readonly package: PackageV1;
  readonly distribution: DistributionV1;
  readonly repo: { readonly id: string; readonly name?: string; readonly cpe: string };
  readonly severity: string;
  readonly fixed_in_version: string;
  /** Separated by spaces. */
  readonly links: string;
}

export interface NotificationV1 {
  readonly id: string;
  readonly manifest: string;
  readonly reason: string;
  readonly vulnerability: VulnerabilitySummaryV1;
}

export interface NotificationPageV1 {
  readonly page: { readonly size: number; readonly next?: string };
  readonly notifications: readonly NotificationV1[];
}

function notificationV1(notification: StoredNotification): NotificationV1 {
  const { id, manifest, reason, summary } = notification;
  return {
    id,
    manifest,
    reason,
    vulnerability: {
      name: summary.name,
      description: summary.description,
      package: packageOf(notification),
      ...worldOf(summary.namespace),
      severity: summary.severity,
      fixed_in_version: summary.fixedInVersion,
      links: summary.links.join(' '),
    },
  };
}

/** The package that the advisory names, in the version that the manifest holds. */
function packageOf({ summary, packageVersion, packageArch }: StoredNotification): PackageV1 {
  return {
    id: '',
    name: summary.packageName,
    version: packageVersion,
    kind: summary.packageKind,
    source: null,
    normalized_version: '',
    module: '',
    arch: packageArch,
    cpe: '',
  };
}

/** `debian:12` is a distribution; `PyPI` is a repository. Clair has no word that covers both. */
function worldOf(namespace: string): Pick<VulnerabilitySummaryV1, 'distribution' | 'repo'> {
  const colon = namespace.indexOf(':');
  const isDistribution = colon > 0;
  const distribution: DistributionV1 = {
    id: '',
    did: isDistribution ? namespace.slice(0, colon) : '',
    name: '',
    version: '',
    version_code_name: '',
    version_id: isDistribution ? namespace.slice(colon + 1) : '',
    arch: '',
    cpe: '',
    pretty_name: '',
  };
  return { distribution, repo: isDistribution ? { id: '', cpe: '' } : { id: '', name: namespace, cpe: '' } };
}

/** A page as Clair has it: `size` is what was asked for, and `next` is absent on the last page. */
export function notificationPageV1(page: NotificationPage, size: number): NotificationPageV1 {
  return {
    page: { size, ...(page.next === undefined ? {} : { next: page.next }) },
    notifications: page.notifications.map(notificationV1),
  };
}
