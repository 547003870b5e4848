import { err, ok, type Result, type SchemeId, type VersionRange } from '@clair/model';
import { schemeOf, type VersionScheme } from '@clair/versions';
import { isJsonObject, shown } from '../json-fields.ts';

/** What happens at a version. `0` in `introduced` is before every version, `*` in `limit` is no limit. */
export interface OsvEvent {
  readonly kind: 'introduced' | 'fixed' | 'last_affected' | 'limit';
  readonly version: string;
}

export interface OsvRange {
  readonly type: 'SEMVER' | 'ECOSYSTEM' | 'GIT';
  readonly events: readonly OsvEvent[];
}

/** A stretch of affected versions, and what the record says of its end. */
export interface OsvInterval {
  readonly range: VersionRange;
  readonly end: 'fixed' | 'last-affected' | 'limit' | 'open';
}

const EVENT_KINDS = ['introduced', 'fixed', 'last_affected', 'limit'] as const satisfies readonly OsvEvent['kind'][];
const EVENTS_MAX = 10_000;
const VERSION_CHARS_MAX = 500;

/** One entry of `ranges`. The error says what of it does not read. @see https://ossf.github.io/osv-schema/#affectedranges-field */
export function readOsvRange(value: unknown): Result<OsvRange, string> {
  if (!isJsonObject(value)) return err('a range is not an object');
  const { type, events } = value;
  if (type !== 'SEMVER' && type !== 'ECOSYSTEM' && type !== 'GIT') return err(`the type of a range is ${shown(type)}`);
  if (!Array.isArray(events) || events.length === 0) return err('a range has no events');
  if (events.length > EVENTS_MAX) return err(`a range has more than ${EVENTS_MAX} events`);
  const read: OsvEvent[] = [];
  for (const event of events) {
    const kinds = isJsonObject(event) ? EVENT_KINDS.filter((kind) => event[kind] !== undefined) : [];
    const [kind] = kinds;
    if (!isJsonObject(event) || kind === undefined || kinds.length > 1)
      return err(`an event of a range is ${shown(event)}`);
    const version = event[kind];
    if (typeof version !== 'string' || version === '' || version.length > VERSION_CHARS_MAX || version.includes('\0'))
      return err(`an event of a range is ${shown(event)}`);
    read.push({ kind, version });
  }
  return ok({ type, events: read });
}

/**
 * The stretches that the events of a range of versions enclose, oldest first: several `introduced` and `fixed` give several stretches.
 * The schema leaves the order of events open, so they are sorted by the scheme; where one of them does not parse, they are taken as they
 * are written. The error says why the range encloses nothing that can be told.
 * @see https://ossf.github.io/osv-schema/#evaluation
 */
export function osvIntervals(events: readonly OsvEvent[], scheme: SchemeId): Result<readonly OsvInterval[], string> {
  if (!events.some((event) => event.kind === 'introduced')) return err('a range does not say where the flaw came in');
  const inOrder = ordered(events, scheme);
  const lastLimit = inOrder.findLastIndex((event) => event.kind === 'limit');
  const isLimited = lastLimit >= 0 && !inOrder.some((event) => event.kind === 'limit' && event.version === '*');
  const intervals: OsvInterval[] = [];
  let introduced: string | undefined;
  for (const [index, { kind, version }] of inOrder.entries()) {
    if (kind === 'introduced') introduced ??= version;
    else if (kind === 'limit') {
      if (!isLimited || index !== lastLimit) continue;
      if (introduced !== undefined) intervals.push({ range: { ...from(introduced), fixed: version }, end: 'limit' });
      return ok(intervals);
    } else if (introduced !== undefined) {
      const range = from(introduced);
      intervals.push(
        kind === 'fixed'
          ? { range: { ...range, fixed: version }, end: 'fixed' }
          : { range: { ...range, lastAffected: version }, end: 'last-affected' },
      );
      introduced = undefined;
    }
  }
  if (introduced !== undefined) intervals.push({ range: from(introduced), end: 'open' });
  return ok(intervals);
}

function from(introduced: string): VersionRange {
  return introduced === '0' ? {} : { introduced };
}

function ordered(events: readonly OsvEvent[], schemeId: SchemeId): readonly OsvEvent[] {
  const scheme = schemeOf(schemeId);
  if (scheme === undefined || events.length < 2) return events;
  const parsed = events.map((event) => ({ event, at: positionOf(event, scheme) }));
  if (parsed.some(({ at }) => at === undefined)) return events;
  return parsed.sort((a, b) => compareAt(a.at ?? START, b.at ?? START, scheme)).map(({ event }) => event);
}

type Position = { readonly kind: 'start' | 'end' } | { readonly kind: 'version'; readonly value: unknown };

const START: Position = { kind: 'start' };
const END: Position = { kind: 'end' };

function positionOf({ kind, version }: OsvEvent, scheme: VersionScheme): Position | undefined {
  if (kind === 'introduced' && version === '0') return START;
  if (kind === 'limit' && version === '*') return END;
  const parsed = scheme.parse(version);
  return parsed.ok ? { kind: 'version', value: parsed.value } : undefined;
}

function compareAt(a: Position, b: Position, scheme: VersionScheme): number {
  if (a.kind === 'version' && b.kind === 'version') return scheme.compare(a.value, b.value);
  return RANK[a.kind] - RANK[b.kind];
}

const RANK = { start: 0, version: 1, end: 2 } as const satisfies Record<Position['kind'], number>;
