import {
  NOTIFICATION_CREATED,
  NOTIFICATION_KINDS,
  type NotificationKind,
  type WireSubscription,
  type WireSubscriptionFilter,
} from '@clair/contracts';
import { err, ok, parseSeverity, type Result } from '@clair/model';
import { storableText } from '@clair/postgres';
import { BUILT_IN_NAME } from './built-in.ts';
import {
  type Digest,
  NATS_SUBJECT_PREFIX,
  type SubscriptionFilter,
  type SubscriptionSpec,
  type SubscriptionTarget,
} from './subscription.ts';

const GLOB_CHARS_MAX = 200;
const LABELS_MAX = 16;
const LABEL_CHARS_MAX = 1024;
const URL_CHARS_MAX = 2048;
const WINDOW_SECONDS_MIN = 60;
const WINDOW_SECONDS_MAX = 7 * 86_400;
const EPSS_THRESHOLD_DEFAULT = 0.5;

/** Says what is wrong with one field: `filter.kinds[0]: …`. */
type Complain = (at: string, reason: string) => void;

/** What a subscriber asks for, checked; the error names everything that is wrong with it. */
export function parseSubscription(wire: WireSubscription | undefined): Result<SubscriptionSpec, string> {
  const problems: string[] = [];
  const complain: Complain = (at, reason) => problems.push(`${at}: ${reason}`);
  const name = wire?.name ?? '';
  if (!/^[A-Za-z0-9._-]{1,100}$/.test(name)) complain('name', 'must be 1 to 100 letters, digits, ".", "_" and "-"');
  if (name === BUILT_IN_NAME) complain('name', 'is that of the built-in subscription');
  const target = readTarget(wire, complain);
  const filter = readFilter(wire?.filter, complain);
  const digest = readDigest(wire?.digest, complain);
  if (target === undefined || problems.length > 0) return err(problems.join('; '));
  return ok({ name, target, filter, digest, disabled: wire?.disabled ?? false });
}

/** The filter alone, as a watcher gives it. */
export function parseFilter(wire: WireSubscriptionFilter | undefined): Result<SubscriptionFilter, string> {
  const problems: string[] = [];
  const filter = readFilter(wire, (at, reason) => problems.push(`${at}: ${reason}`));
  return problems.length > 0 ? err(problems.join('; ')) : ok(filter);
}

function readTarget(wire: WireSubscription | undefined, complain: Complain): SubscriptionTarget | undefined {
  const target = wire?.target?.target;
  if (target?.$case === 'webhookUrl') return readWebhook(target.value, complain);
  if (target?.$case === 'natsSubject') return readSubject(target.value, complain);
  complain('target', 'must be a webhook or a NATS subject');
  return undefined;
}

function readWebhook(text: string, complain: Complain): SubscriptionTarget | undefined {
  const url = URL.parse(text);
  const at = 'target.webhook.url';
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    complain(at, 'must be an http or https URL');
  } else if (text.length > URL_CHARS_MAX) {
    complain(at, `must have at most ${URL_CHARS_MAX} characters`);
  } else if (url.username !== '' || url.password !== '') {
    complain(at, 'must not hold a user name or a password: they would be stored; posts are signed instead');
  } else {
    return { kind: 'webhook', url: url.href };
  }
  return undefined;
}

function readSubject(subject: string, complain: Complain): SubscriptionTarget | undefined {
  const token = subject.startsWith(NATS_SUBJECT_PREFIX) ? subject.slice(NATS_SUBJECT_PREFIX.length) : '';
  if (/^[\w-]{1,100}$/.test(token) && subject !== NOTIFICATION_CREATED) return { kind: 'nats', subject };
  complain(
    'target.nats.subject',
    `must be ${NATS_SUBJECT_PREFIX}<token>, the token of letters, digits, "_" and "-", and not "created"`,
  );
  return undefined;
}

function readFilter(wire: WireSubscriptionFilter | undefined, complain: Complain): SubscriptionFilter {
  const minSeverity = parseSeverity(wire?.minSeverity || 'Unknown');
  if (minSeverity === undefined) {
    complain('filter.min_severity', 'must be one of Unknown, Negligible, Low, Medium, High, Critical');
  }
  return {
    kinds: readKinds(wire?.kinds ?? [], complain),
    minSeverity: minSeverity ?? 'Unknown',
    fixableOnly: wire?.fixableOnly ?? false,
    package: readGlob('filter.package', wire?.package ?? '', complain),
    namespace: readGlob('filter.namespace', wire?.namespace ?? '', complain),
    labels: readLabels(wire?.labels ?? {}, complain),
    epssThreshold: readThreshold(wire?.epssThreshold ?? 0, complain),
  };
}

function readKinds(words: readonly string[], complain: Complain): readonly NotificationKind[] {
  const kinds = new Set<NotificationKind>();
  for (const [index, word] of words.entries()) {
    const kind = NOTIFICATION_KINDS.find((known) => known === word);
    if (kind === undefined) complain(`filter.kinds[${index}]`, `must be one of ${NOTIFICATION_KINDS.join(', ')}`);
    else kinds.add(kind);
  }
  return NOTIFICATION_KINDS.filter((kind) => kinds.has(kind));
}

function readGlob(at: string, glob: string, complain: Complain): string {
  if (glob.length > GLOB_CHARS_MAX) complain(at, `must have at most ${GLOB_CHARS_MAX} characters`);
  return storableText(glob);
}

function readLabels(labels: Readonly<Record<string, string>>, complain: Complain): Readonly<Record<string, string>> {
  const entries = Object.entries(labels);
  if (entries.length > LABELS_MAX) complain('filter.labels', `must be at most ${LABELS_MAX}`);
  const isLong = entries.some(([name, value]) => name.length + value.length > LABEL_CHARS_MAX);
  if (isLong) complain('filter.labels', `name and value must have at most ${LABEL_CHARS_MAX} characters`);
  return Object.fromEntries(entries.map(([name, value]) => [storableText(name), storableText(value)]));
}

/** The matcher tells of steps into a higher tenth: other thresholds would be passed unseen. In a message, 0 is "absent". */
function readThreshold(threshold: number, complain: Complain): number {
  if (threshold === 0) return EPSS_THRESHOLD_DEFAULT;
  const tenths = Math.round(threshold * 10);
  const isTenth = Math.abs(tenths / 10 - threshold) < 1e-9;
  // Not a number is no tenth either.
  if (!isTenth || tenths < 1 || tenths > 10) {
    complain('filter.epss_threshold', 'must be 0.1, 0.2, … or 1');
  }
  return tenths / 10;
}

function readDigest(wire: WireSubscription['digest'], complain: Complain): Digest | undefined {
  if (wire === undefined) return undefined;
  const { windowSeconds, perManifest } = wire;
  if (windowSeconds < WINDOW_SECONDS_MIN || windowSeconds > WINDOW_SECONDS_MAX) {
    complain('digest.window', 'must be from 1m to 168h');
  }
  return { windowSeconds, perManifest };
}
