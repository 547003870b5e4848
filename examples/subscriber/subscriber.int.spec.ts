import { connectJetStream } from '@clair/bus';
import type { CloudEvent } from '@clair/contracts';
import { findNatsServer, type NatsServer, startNatsServer } from '@clair/testing/nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Matched, subscribe } from './subscribe.ts';

const isInstalled = findNatsServer() !== undefined;
if (!isInstalled)
  process.stdout.write('no nats-server is installed: the specs of the example subscriber are skipped\n');
const SUBJECT = 'clair.v1.notification.team-a';
let server: NatsServer;

beforeAll(async () => {
  if (isInstalled) server = await startNatsServer();
});

afterAll(async () => {
  await server?.remove();
});

function delivery(id: string): CloudEvent {
  const subscription = { id: '0', name: 'team-a' };
  const data: Matched = { delivery_id: id, subscription, count: 0, complete: true, page: '', notifications: [] };
  return {
    specversion: '1.0',
    id,
    source: '/clair/notifier',
    type: SUBJECT,
    time: '2026-01-01T00:00:00.000Z',
    datacontenttype: 'application/json',
    data,
  };
}

describe.skipIf(!isInstalled)('the example subscriber', () => {
  it('handles each delivery once, those of before too, and again what failed', async () => {
    const log = { error: () => undefined, warn: () => undefined, info: () => undefined };
    const bus = await connectJetStream({ servers: server.url, log });
    await bus.publish(delivery('before'));
    const ended = new AbortController();
    const seen: string[] = [];
    const handle = async ({ delivery_id: id }: Matched) => {
      seen.push(id);
      if (id === 'fails' && seen.filter((one) => one === id).length === 1) throw new Error('once');
      if (id === 'last') ended.abort();
    };
    const done = subscribe({ servers: server.url, subject: SUBJECT, durable: 'a', signal: ended.signal, handle });
    for (const id of ['one', 'one', 'fails', 'two']) await bus.publish(delivery(id));
    while (seen.filter((id) => id === 'fails').length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
    await bus.publish(delivery('last'));
    await done;
    expect(seen).toEqual(['before', 'one', 'fails', 'two', 'fails', 'last']);
    await bus.close();
  }, 30_000);
});
