import { err, ok, type Result } from '@clair/model';
import { fields, type ShapeProblem, text, word } from './shape.ts';

/**
 * A CloudEvent in structured JSON. Its `type` is the NATS subject it travels on.
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 */
export interface CloudEvent<Type extends string = string, Data = unknown> {
  readonly specversion: '1.0';
  /** Two events with one id are the same event, delivered twice. */
  readonly id: string;
  /** A URI reference to who says it: `/clair/matcher`. */
  readonly source: string;
  readonly type: Type;
  /** RFC 3339: when it was said. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: Data;
}

/** The bytes are not an event. It will not get better by being delivered again. */
export interface MalformedEvent extends ShapeProblem {
  readonly kind: 'malformed-event';
}

/** More than any event of ours has, and half of what NATS takes in one message by default (1 MiB). */
export const EVENT_BYTES_MAX = 512 * 1024;

const ID_CHARS_MAX = 256;
const SOURCE_CHARS_MAX = 1024;

const envelope = fields<Omit<CloudEvent, 'data'>>({
  specversion: word(['1.0']),
  id: text(ID_CHARS_MAX),
  source: text(SOURCE_CHARS_MAX),
  type: subject,
  time: dateTime,
  datacontenttype: word(['application/json']),
});

/** Checks the envelope of anything that claims to be an event; `data` is taken as it is. */
export function readEnvelope(value: unknown): Result<CloudEvent, MalformedEvent> {
  const read = envelope(value, '');
  if (!read.ok) return err({ kind: 'malformed-event', ...read.error });
  const data: unknown = Reflect.get(Object(value), 'data');
  if (data === undefined) return err({ kind: 'malformed-event', at: 'data', reason: 'is missing' });
  return ok({ ...read.value, data });
}

/** The event as it travels: UTF-8 JSON. */
export function encodeEvent(event: CloudEvent): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(event));
}

/** Reads bytes from outside. The envelope is checked, `data` is not: {@link decodeEvent} does that, by type. */
export function parseEvent(bytes: Uint8Array): Result<CloudEvent, MalformedEvent> {
  if (bytes.length > EVENT_BYTES_MAX) {
    return err({ kind: 'malformed-event', at: '', reason: `has ${bytes.length} bytes, more than ${EVENT_BYTES_MAX}` });
  }
  const json = readJson(bytes);
  return json.ok ? readEnvelope(json.value) : err({ kind: 'malformed-event', at: '', reason: json.error });
}

function readJson(bytes: Uint8Array): Result<unknown, string> {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return ok(value);
  } catch (error) {
    return err(error instanceof Error ? error.message : 'is not JSON');
  }
}

/** A NATS subject without wildcards: tokens of printable characters, joined by dots. */
function subject(value: unknown, at: string): Result<string, ShapeProblem> {
  const isSubject = typeof value === 'string' && value.length <= 256 && /^[\w-]+(\.[\w-]+)*$/.test(value);
  return isSubject ? ok(value) : err({ at, reason: 'must be a subject such as clair.v1.manifest.indexed' });
}

function dateTime(value: unknown, at: string): Result<string, ShapeProblem> {
  const looksRight =
    typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.test(value);
  const isDateTime = looksRight && !Number.isNaN(Date.parse(value));
  return isDateTime ? ok(value) : err({ at, reason: 'must be an RFC 3339 date-time' });
}
