import { Bug } from '@clair/model';
import { describe, expect, it } from 'vitest';
import {
  ADVISORIES_CHANGED,
  type CloudEvent,
  decodeEvent,
  EVENT_BYTES_MAX,
  encodeEvent,
  MANIFEST_DELETED,
  MANIFEST_INDEXED,
  makeEvent,
  NOTIFICATION_CREATED,
  type NotifiedChange,
  notificationCreated,
  parseEvent,
} from './index.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const origin = { source: '/clair/test', timeMs: Date.UTC(2024, 0, 2, 3, 4, 5) };

function change(id: number, description = 'A flaw.'): NotifiedChange {
  return {
    id: `n-${id}`,
    manifest: digest,
    reason: 'added',
    vulnerability: {
      name: 'CVE-2024-1',
      description,
      packageName: 'openssl',
      packageVersion: '3.0.1-1',
      packageArch: 'amd64',
      packageKind: 'binary',
      namespace: 'debian:12',
      normalizedSeverity: 'High',
      fixedInVersion: '',
      links: ['https://example.com/CVE-2024-1'],
    },
  };
}

const events: readonly CloudEvent[] = [
  makeEvent(ADVISORIES_CHANGED, { operation: 7, feed: 'debian', firstLoad: false }, origin),
  makeEvent(MANIFEST_INDEXED, { manifest: digest, inventoryHash: 'ab12' }, origin),
  makeEvent(MANIFEST_DELETED, { manifest: digest }, origin),
  makeEvent(
    NOTIFICATION_CREATED,
    { notificationId: 'set-1', notifications: [change(1)], count: 1, callback: 'http://localhost/n/1' },
    origin,
  ),
];

describe('an event', () => {
  it.each(events)('of type $type survives its bytes', (event) => {
    const parsed = parseEvent(encodeEvent(event));
    expect(parsed).toEqual({ ok: true, value: event });
    expect(decodeEvent(event)).toEqual({ ok: true, value: event });
  });

  it('has an id that depends on type, data and occurrence, and not on time, source or the order of fields', () => {
    const first = makeEvent(ADVISORIES_CHANGED, { operation: 7, feed: 'debian', firstLoad: false }, origin);
    const again = makeEvent(
      ADVISORIES_CHANGED,
      { firstLoad: false, feed: 'debian', operation: 7 },
      { source: '/elsewhere', timeMs: 0 },
    );
    expect(again.id).toBe(first.id);
    expect(first.id).toMatch(/^[0-9a-f]{64}$/);
    const others = [
      makeEvent(ADVISORIES_CHANGED, { operation: 8, feed: 'debian', firstLoad: false }, origin),
      makeEvent(ADVISORIES_CHANGED, { operation: 7, feed: 'debian', firstLoad: false }, { ...origin, occurrence: '1' }),
      makeEvent(ADVISORIES_CHANGED, { operation: 7, feed: 'debian', firstLoad: false }, { ...origin, occurrence: '2' }),
      makeEvent(MANIFEST_DELETED, { manifest: digest }, origin),
    ];
    expect(new Set([first, ...others].map((event) => event.id)).size).toBe(5);
  });

  it('is refused by its maker when nobody could read it', () => {
    expect(() => makeEvent(MANIFEST_DELETED, { manifest: 'latest' }, origin)).toThrow(Bug);
    expect(() => makeEvent(ADVISORIES_CHANGED, { operation: -1, feed: 'a', firstLoad: true }, origin)).toThrow(Bug);
  });
});

describe('decodeEvent', () => {
  const base = { ...events[0] };
  it.each([
    ['not an object', 'hello', '', /object/],
    ['null', null, '', /object/],
    ['another version', { ...base, specversion: '0.3' }, 'specversion', /1\.0/],
    ['no id', { ...base, id: '' }, 'id', /empty/],
    ['an endless id', { ...base, id: 'x'.repeat(257) }, 'id', /256/],
    ['a wildcard as type', { ...base, type: 'clair.v1.>' }, 'type', /subject/],
    ['a local time', { ...base, time: '2024-01-02 03:04' }, 'time', /RFC 3339/],
    ['a month that is none', { ...base, time: '2024-13-02T03:04:05Z' }, 'time', /RFC 3339/],
    ['XML', { ...base, datacontenttype: 'text/xml' }, 'datacontenttype', /json/],
    ['no data', { ...base, data: undefined }, 'data', /missing/],
    ['data that is a list', { ...base, data: [] }, 'data', /object/],
    [
      'a number in quotes',
      { ...base, data: { operation: '7', feed: 'a', firstLoad: true } },
      'data.operation',
      /whole/,
    ],
    ['half an operation', { ...base, data: { operation: 0.5, feed: 'a', firstLoad: true } }, 'data.operation', /whole/],
    ['a missing flag', { ...base, data: { operation: 7, feed: 'a' } }, 'data.firstLoad', /true or false/],
    ['a manifest by tag', { ...events[2], data: { manifest: 'debian:12' } }, 'data.manifest', /digest/],
    [
      'a reason that is none',
      { ...events[3], data: { notificationId: 'n', notifications: [{ ...change(1), reason: 'new' }], count: 1 } },
      'data.notifications[0].reason',
      /added, removed/,
    ],
    [
      'too many inline',
      {
        ...events[3],
        data: { notificationId: 'n', notifications: Array.from({ length: 101 }, () => change(1)), count: 101 },
      },
      'data.notifications',
      /100/,
    ],
  ])('says where %s is wrong', (_name, event, at, reason) => {
    const result = decodeEvent(event);
    expect(result).toEqual({
      ok: false,
      error: { kind: 'malformed-event', at, reason: expect.stringMatching(reason) },
    });
  });

  it('gives an unknown type as a value', () => {
    expect(decodeEvent({ ...base, type: 'clair.v2.layer.lost' })).toEqual({
      ok: false,
      error: { kind: 'unknown-event-type', type: 'clair.v2.layer.lost' },
    });
    expect(decodeEvent({ ...base, type: 'toString' })).toMatchObject({ error: { kind: 'unknown-event-type' } });
  });

  it('leaves out what a newer sender adds', () => {
    const newer = { ...base, traceparent: '00-1', data: { operation: 7, feed: 'debian', firstLoad: false, rows: 3 } };
    expect(decodeEvent(newer)).toEqual({ ok: true, value: base });
  });
});

describe('parseEvent', () => {
  it.each([
    ['nothing', new Uint8Array()],
    ['half an object', new TextEncoder().encode('{"specversion":')],
    ['bytes that are not UTF-8', new Uint8Array([0x22, 0xff, 0x22])],
    ['more than an event may have', new TextEncoder().encode(`"${'x'.repeat(EVENT_BYTES_MAX)}"`)],
  ])('gives %s as a malformed event', (_name, bytes) => {
    expect(parseEvent(bytes)).toMatchObject({ ok: false, error: { kind: 'malformed-event' } });
  });
});

describe('notificationCreated', () => {
  const set = (count: number, description?: string) => ({
    notificationId: 'set-1',
    notifications: Array.from({ length: count }, (_, index) => change(index, description)),
  });

  it.each([
    ['100 short ones', set(100), 100],
    ['101 short ones', set(101), 0],
    ['ten that are too long together', set(10, 'é'.repeat(40_000)), 0],
    ['one that is too long alone', set(1, 'x'.repeat(70_000)), 0],
    ['none', set(0), 0],
  ])('of %s can be said', (_name, given, inline) => {
    const data = notificationCreated(given);
    expect(data.notifications).toHaveLength(inline);
    expect(data.count).toBe(given.notifications.length);
    expect(decodeEvent(makeEvent(NOTIFICATION_CREATED, data, origin)).ok).toBe(true);
  });
});
