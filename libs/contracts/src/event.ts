import { createHash } from 'node:crypto';
import { err, invariant, ok, type Result } from '@clair/model';
import { canonicalJson } from './canonical-json.ts';
import { type CloudEvent, EVENT_BYTES_MAX, encodeEvent, type MalformedEvent, readEnvelope } from './cloud-event.ts';
import {
  EVENT_SHAPES,
  type EventDataByType,
  type EventType,
  INLINE_NOTIFICATIONS_MAX,
  isEventType,
  type NotificationCreated,
  type NotifiedChange,
} from './event-data.ts';
import type { ShapeProblem } from './shape.ts';

/** Room for everything of an event that is not its data. */
const ENVELOPE_BYTES_MAX = 4096;

/** An event whose data was checked; `switch (event.type)` narrows the data. */
export type KnownEvent = { readonly [T in EventType]: CloudEvent<T, EventDataByType[T]> }[EventType];

export type EventError =
  | MalformedEvent
  /** Said by a newer version, or by somebody else; a consumer that did not ask for it may take it as done. */
  | { readonly kind: 'unknown-event-type'; readonly type: string };

export interface EventOrigin {
  /** `/clair/indexer`. */
  readonly source: string;
  /** Epoch milliseconds: when it is said. Not part of the event's identity. */
  readonly timeMs: number;
  /**
   * Tells apart two facts whose data is the same, when both happened: a manifest deleted, indexed again and deleted
   * again. Something that is the same when the same fact is told twice: the number of a row, never a random one.
   */
  readonly occurrence?: string;
}

/**
 * The event that says `data`. Its id is a hash of type, data and {@link EventOrigin.occurrence}, so the same fact told
 * twice is one event. Throws `Bug` when the data is not what its own consumers would accept.
 */
export function makeEvent<T extends EventType>(
  type: T,
  data: EventDataByType[T],
  origin: EventOrigin,
): CloudEvent<T, EventDataByType[T]> {
  const checked = shapeOf(type)(data, 'data');
  invariant(
    checked.ok,
    `event ${type} would not decode: ${checked.ok ? '' : `${checked.error.at} ${checked.error.reason}`}`,
  );
  const event = {
    specversion: '1.0',
    id: eventId(type, checked.value, origin.occurrence),
    source: origin.source,
    type,
    time: new Date(origin.timeMs).toISOString(),
    datacontenttype: 'application/json',
    data: checked.value,
  } as const;
  invariant(encodeEvent(event).length <= EVENT_BYTES_MAX, `event ${type} is larger than ${EVENT_BYTES_MAX} bytes`);
  return event;
}

function eventId(type: string, data: unknown, occurrence: string | undefined): string {
  const identity = [type, canonicalJson(data), ...(occurrence === undefined ? [] : [occurrence])];
  return createHash('sha256').update(identity.join('\n')).digest('hex');
}

function shapeOf<T extends EventType>(
  type: T,
): (value: unknown, at: string) => Result<EventDataByType[T], ShapeProblem> {
  return EVENT_SHAPES[type];
}

/** Checks envelope and data. Fields that this version does not know are left out of the result. */
export function decodeEvent(event: unknown): Result<KnownEvent, EventError> {
  const envelope = readEnvelope(event);
  if (!envelope.ok) return envelope;
  const { type } = envelope.value;
  if (!isEventType(type)) return err({ kind: 'unknown-event-type', type });
  const data = shapeOf(type)(envelope.value.data, 'data');
  if (!data.ok) return err({ kind: 'malformed-event', ...data.error });
  return ok({ ...envelope.value, type, data: data.value } as KnownEvent); // Safety: the data was read by its type's shape.
}

/**
 * The data of a `notification.created` event that is certain to fit: with all notifications inline, or with none when
 * they are too many or too long; the receiver then pages through `callback`.
 */
export function notificationCreated(set: {
  readonly notificationId: string;
  readonly notifications: readonly NotifiedChange[];
  readonly callback?: string;
}): NotificationCreated {
  const whole = { ...set, count: set.notifications.length };
  const fits =
    set.notifications.length <= INLINE_NOTIFICATIONS_MAX &&
    shapeOf('clair.v1.notification.created')(whole, 'data').ok &&
    Buffer.byteLength(JSON.stringify(whole)) <= EVENT_BYTES_MAX - ENVELOPE_BYTES_MAX;
  return fits ? whole : { ...whole, notifications: [] };
}
