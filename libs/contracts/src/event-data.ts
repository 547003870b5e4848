import { err, ok, parseDigest, type Result, SEVERITIES, type Severity } from '@clair/model';
import { fields, flag, list, optional, type Shape, type ShapeProblem, text, wholeNumber, word } from './shape.ts';

/** Said by the matcher: an update operation changed what is known. */
export const ADVISORIES_CHANGED = 'clair.v1.advisories.changed';
/** Said by the indexer: the inventory of a manifest is stored. */
export const MANIFEST_INDEXED = 'clair.v1.manifest.indexed';
/** Said by the indexer: a manifest is forgotten. */
export const MANIFEST_DELETED = 'clair.v1.manifest.deleted';
/** Said by the notifier, for subscribers outside: findings of manifests changed. */
export const NOTIFICATION_CREATED = 'clair.v1.notification.created';

/**
 * Why a manifest is notified: it has a finding now; it has it no longer; the finding it had is graver, can be mended now, is
 * known to be exploited, or is likelier to be exploited. Clair knows the first two.
 */
export const NOTIFICATION_KINDS = [
  'added',
  'removed',
  'severity-raised',
  'fix-available',
  'exploited',
  'epss-raised',
] as const;

export type NotificationKind = (typeof NOTIFICATION_KINDS)[number];

/** Notifications beyond this many are not in the event: it has none then, and the receiver pages through them. */
export const INLINE_NOTIFICATIONS_MAX = 100;

export interface AdvisoriesChanged {
  /** The number of the update operation. */
  readonly operation: number;
  readonly feed: string;
  /** The first load of its feed: notifies nobody. */
  readonly firstLoad: boolean;
}

export interface ManifestIndexed {
  /** Digest of the manifest. */
  readonly manifest: string;
  /** Content hash of the inventory, hex. */
  readonly inventoryHash: string;
}

export interface ManifestDeleted {
  /** Digest of the manifest. */
  readonly manifest: string;
}

/** What a notification says of a vulnerability; the same fields as the proto's `VulnerabilitySummary`. */
export interface NotifiedVulnerability {
  readonly name: string;
  readonly description: string;
  readonly packageName: string;
  readonly packageVersion: string;
  readonly packageArch: string;
  readonly packageKind: string;
  readonly namespace: string;
  readonly normalizedSeverity: Severity;
  /** Empty: there is no fix. */
  readonly fixedInVersion: string;
  readonly links: readonly string[];
}

export interface NotifiedChange {
  readonly id: string;
  /** Digest of the manifest. */
  readonly manifest: string;
  readonly reason: NotificationKind;
  readonly vulnerability: NotifiedVulnerability;
  /** With `severity-raised`. */
  readonly severityBefore?: Severity;
  /** With `epss-raised`: probabilities from 0 to 1. */
  readonly epssBefore?: number;
  readonly epssAfter?: number;
}

export interface NotificationCreated {
  /** UUID of the set. */
  readonly notificationId: string;
  /** All of the set, or none when it is too large for an event. */
  readonly notifications: readonly NotifiedChange[];
  /** How many the set has. */
  readonly count: number;
  /** Where the set can be paged through; absent when the service has no address for that. */
  readonly callback?: string;
}

/** What each type of event carries. */
export interface EventDataByType {
  readonly [ADVISORIES_CHANGED]: AdvisoriesChanged;
  readonly [MANIFEST_INDEXED]: ManifestIndexed;
  readonly [MANIFEST_DELETED]: ManifestDeleted;
  readonly [NOTIFICATION_CREATED]: NotificationCreated;
}

export type EventType = keyof EventDataByType;

const NAME_CHARS_MAX = 1024;
const LONG_TEXT_CHARS_MAX = 65_536;
const LINKS_MAX = 1000;

function probability(value: unknown, at: string): Result<number, ShapeProblem> {
  const isProbability = typeof value === 'number' && value >= 0 && value <= 1;
  return isProbability ? ok(value) : err({ at, reason: 'must be a number from 0 to 1' });
}

function digest(value: unknown, at: string): Result<string, ShapeProblem> {
  const isDigest = typeof value === 'string' && parseDigest(value).ok;
  return isDigest ? ok(value) : err({ at, reason: 'must be a digest such as sha256:<64 hex digits>' });
}

const vulnerability = fields<NotifiedVulnerability>({
  name: text(NAME_CHARS_MAX),
  description: text(LONG_TEXT_CHARS_MAX, 'or-empty'),
  packageName: text(NAME_CHARS_MAX),
  packageVersion: text(NAME_CHARS_MAX, 'or-empty'),
  packageArch: text(NAME_CHARS_MAX, 'or-empty'),
  packageKind: text(NAME_CHARS_MAX, 'or-empty'),
  namespace: text(NAME_CHARS_MAX, 'or-empty'),
  normalizedSeverity: word(SEVERITIES),
  fixedInVersion: text(NAME_CHARS_MAX, 'or-empty'),
  links: list(text(LONG_TEXT_CHARS_MAX), LINKS_MAX),
});

const change = fields<NotifiedChange>({
  id: text(NAME_CHARS_MAX),
  manifest: digest,
  reason: word(NOTIFICATION_KINDS),
  vulnerability,
  severityBefore: optional(word(SEVERITIES)),
  epssBefore: optional(probability),
  epssAfter: optional(probability),
});

/** The one registry of events: a new event is a type above and a line here. */
export const EVENT_SHAPES: { readonly [T in EventType]: Shape<EventDataByType[T]> } = {
  [ADVISORIES_CHANGED]: fields<AdvisoriesChanged>({
    operation: wholeNumber,
    feed: text(NAME_CHARS_MAX),
    firstLoad: flag,
  }),
  [MANIFEST_INDEXED]: fields<ManifestIndexed>({ manifest: digest, inventoryHash: text(NAME_CHARS_MAX) }),
  [MANIFEST_DELETED]: fields<ManifestDeleted>({ manifest: digest }),
  [NOTIFICATION_CREATED]: fields<NotificationCreated>({
    notificationId: text(NAME_CHARS_MAX),
    notifications: list(change, INLINE_NOTIFICATIONS_MAX),
    count: wholeNumber,
    callback: optional(text(LONG_TEXT_CHARS_MAX)),
  }),
};

/** Whether this version knows events of that type. */
export function isEventType(type: string): type is EventType {
  return Object.hasOwn(EVENT_SHAPES, type);
}
