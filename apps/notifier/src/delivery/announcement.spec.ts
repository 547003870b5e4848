import { decodeEvent, EVENT_BYTES_MAX, encodeEvent, readEnvelope } from '@clair/contracts';
import { describe, expect, it } from 'vitest';
import type { StoredNotification } from '../store/pages.ts';
import { digestOf } from '../testing/world.ts';
import { announcement } from './announcement.ts';

function stored(index: number, description: string): StoredNotification {
  return {
    id: `00000000-0000-8000-8000-${String(index).padStart(12, '0')}`,
    manifest: digestOf('a'),
    reason: 'added',
    certainty: 2,
    packageVersion: '1',
    detail: {},
    labels: {},
    packageArch: '',
    notifiedAt: new Date(0),
    summary: {
      name: 'CVE-1',
      description,
      packageName: 'openssl',
      packageKind: 'source',
      namespace: 'debian:12',
      severity: 'High',
      fixedInVersion: '',
      links: [],
    },
  };
}

function announce(count: number, inline: readonly StoredNotification[], callback?: string) {
  const set = { id: 'set', feed: 'debian', notifications: count, clairNotifications: 0 };
  const event = announcement(set, inline, { callback, timeMs: 0 });
  const envelope = readEnvelope(event.body);
  if (!envelope.ok) throw new Error(envelope.error.reason);
  expect(encodeEvent(envelope.value).length).toBeLessThanOrEqual(EVENT_BYTES_MAX);
  const decoded = decodeEvent(envelope.value);
  if (!decoded.ok) throw new Error(decoded.error.kind);
  return decoded.value;
}

describe('the event of a set', () => {
  const many = (count: number, text = 'x') => Array.from({ length: count }, (_, index) => stored(index, text));

  it.each<[string, number, readonly StoredNotification[], number]>([
    ['a small set inline', 3, many(3), 3],
    ['a large set without', 101, [], 0],
    ['long descriptions without', 100, many(100, 'x'.repeat(60_000)), 0],
    ['a page that was cut without', 50, many(20), 0],
  ])('has %s', (_, count, inline, expected) => {
    expect(announce(count, inline, 'http://clair/n').data).toMatchObject({
      notificationId: 'set',
      count,
      callback: 'http://clair/n/set',
      notifications: { length: expected },
    });
  });

  it('has no callback where nobody can call', () => {
    expect(announce(1, many(1)).data).not.toHaveProperty('callback');
  });

  it('is the same event whenever it is said', () => {
    const set = { id: 'set', feed: 'debian', notifications: 1, clairNotifications: 0 };
    const at = (timeMs: number) => announcement(set, many(1), { callback: undefined, timeMs }).id;
    expect(at(1)).toBe(at(2));
  });
});
