import {
  DiscardPolicy,
  type JetStreamManager,
  NatsError,
  nanos,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from 'nats';
import { DEAD_SUBJECTS, EVENT_SUBJECTS, subjectMatches } from './subject.ts';

const DAY_MS = 86_400_000;

export interface StreamNames {
  /** Holds the events. */
  readonly events: string;
  /** Holds what subscribers gave up. */
  readonly dead: string;
}

/** How long and how much a stream keeps; used when it is made, and the operator's afterwards. */
export interface StreamLimits {
  readonly maxAgeMs: number;
  readonly maxBytes: number;
  readonly replicas: number;
}

/** Half a gigabyte is a million events of ours; a week is longer than any outage that nobody looks at. */
export const DEFAULT_STREAM_LIMITS: StreamLimits = { maxAgeMs: 7 * DAY_MS, maxBytes: 512 * 1024 * 1024, replicas: 1 };

/** An outbox that dies between publishing and forgetting publishes again when it is back: within minutes, mostly. */
const DUPLICATE_WINDOW_MS = 600_000;

/** https://github.com/nats-io/nats-server/blob/main/server/errors.json */
const STREAM_NOT_FOUND = 10_059;
const STREAM_NAME_IN_USE = 10_058;

type WantedStream = Pick<StreamConfig, 'name' | 'subjects' | 'description' | 'max_age'>;

/**
 * Both streams exist afterwards, on files. Of a stream that was there, only the subjects and a too short duplicate
 * window are mended: its limits and replicas are the operator's.
 */
export async function ensureStreams(
  manager: JetStreamManager,
  names: StreamNames,
  limits: StreamLimits,
): Promise<void> {
  const events = {
    name: names.events,
    subjects: [EVENT_SUBJECTS],
    description: 'events',
    max_age: nanos(limits.maxAgeMs),
  };
  // Kept four times as long: somebody has to look at a dead letter and decide.
  const dead = {
    name: names.dead,
    subjects: [DEAD_SUBJECTS],
    description: 'dead letters',
    max_age: nanos(4 * limits.maxAgeMs),
  };
  for (const wanted of [events, dead]) await ensureStream(manager, wanted, limits);
}

async function ensureStream(manager: JetStreamManager, wanted: WantedStream, limits: StreamLimits): Promise<void> {
  const existing = await findStream(manager, wanted.name);
  if (existing === undefined) return addStream(manager, wanted, limits);
  const missing = wanted.subjects.filter((subject) => !isCovered(subject, existing.subjects));
  const isWindowShort = existing.duplicate_window < nanos(DUPLICATE_WINDOW_MS);
  if (missing.length === 0 && !isWindowShort) return;
  await manager.streams.update(wanted.name, {
    // The server refuses subjects of one stream that overlap.
    subjects: [...existing.subjects.filter((subject) => !isCovered(subject, missing)), ...missing],
    duplicate_window: Math.max(existing.duplicate_window, nanos(DUPLICATE_WINDOW_MS)),
  });
}

/** Whether one of the patterns takes everything that the pattern takes. */
function isCovered(pattern: string, by: readonly string[]): boolean {
  return by.some((other) => subjectMatches(other, pattern));
}

async function findStream(manager: JetStreamManager, name: string): Promise<StreamConfig | undefined> {
  try {
    return (await manager.streams.info(name)).config;
  } catch (error) {
    if (isApiError(error, STREAM_NOT_FOUND)) return undefined;
    throw error;
  }
}

async function addStream(manager: JetStreamManager, wanted: WantedStream, limits: StreamLimits): Promise<void> {
  try {
    await manager.streams.add({
      ...wanted,
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      duplicate_window: nanos(Math.min(DUPLICATE_WINDOW_MS, limits.maxAgeMs)),
      max_bytes: limits.maxBytes,
      num_replicas: limits.replicas,
    });
  } catch (error) {
    // Another process made it in between, with other limits: it is there, which is all that is wanted.
    if (!isApiError(error, STREAM_NAME_IN_USE)) throw error;
  }
}

/** Whether the server refused with that code of its list of errors. */
export function isApiError(error: unknown, code: number): boolean {
  return error instanceof NatsError && error.api_error?.err_code === code;
}
