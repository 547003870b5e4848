import type { NotificationKind } from '@clair/contracts';
import type { Severity } from '@clair/model';

/** Where the deliveries of a subscription go. */
export type SubscriptionTarget =
  | { readonly kind: 'webhook'; readonly url: string }
  /** `clair.v1.notification.<token>`. */
  | { readonly kind: 'nats'; readonly subject: string };

/** Which notifications a subscription is about: all conditions hold. */
export interface SubscriptionFilter {
  /** Empty: all. */
  readonly kinds: readonly NotificationKind[];
  /** `Unknown`: all. */
  readonly minSeverity: Severity;
  readonly fixableOnly: boolean;
  /** Globs: `*` any characters, `?` one. Empty: all. */
  readonly package: string;
  readonly namespace: string;
  /** By name a glob: the manifest was indexed with a value like it, for each of them. */
  readonly labels: Readonly<Record<string, string>>;
  /** `epss-raised` is told when the estimate comes from below this to it or above: 0.1, 0.2, … 1. */
  readonly epssThreshold: number;
}

/** One message for all notifications of a stretch of time, instead of one as soon as a feed changes. */
export interface Digest {
  readonly windowSeconds: number;
  readonly perManifest: boolean;
}

/** What a subscriber asks for. */
export interface SubscriptionSpec {
  readonly name: string;
  readonly target: SubscriptionTarget;
  readonly filter: SubscriptionFilter;
  readonly digest: Digest | undefined;
  readonly disabled: boolean;
}

export interface Subscription extends Omit<SubscriptionSpec, 'disabled'> {
  readonly id: string;
  /** Why nothing is delivered; `undefined` while it is active. */
  readonly disabledReason: string | undefined;
  readonly secretGeneration: number;
  /** Until then posts are signed with the secret before the last rotation too. */
  readonly previousSecretUntil: Date | undefined;
  readonly createdAt: Date;
}

/** NATS targets lie under this, beside the notifier's own event. */
export const NATS_SUBJECT_PREFIX = 'clair.v1.notification.';
