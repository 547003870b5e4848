import { expect, it } from 'vitest';
import { notificationToWire, toNotifiedChange } from './notified-change.ts';
import type { StoredNotification } from './store/pages.ts';
import { digestOf } from './testing/world.ts';

const stored: StoredNotification = {
  id: '00000000-0000-8000-8000-000000000001',
  manifest: digestOf('a'),
  reason: 'added',
  certainty: 2,
  packageVersion: '1',
  packageArch: '',
  detail: {},
  labels: { team: ['red'] },
  notifiedAt: new Date('2026-01-01T00:00:10Z'),
  summary: {
    name: 'CVE-1',
    description: '',
    packageName: 'openssl',
    packageKind: 'source',
    namespace: 'debian:12',
    severity: 'High',
    fixedInVersion: '',
    links: [],
  },
};

it('says over gRPC when it was notified; the event has a time of its own', () => {
  expect(notificationToWire(stored)).toMatchObject({
    manifestHash: digestOf('a'),
    labels: [{ name: 'team', values: ['red'] }],
    notifiedAt: '2026-01-01T00:00:10.000Z',
  });
  expect(toNotifiedChange(stored)).not.toHaveProperty('notifiedAt');
});
