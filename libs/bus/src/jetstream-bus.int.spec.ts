import { encodeEvent } from '@clair/contracts';
import { Unavailable } from '@clair/model';
import { findNatsServer, type NatsServer, startNatsServer } from '@clair/testing/nats';
import { connect, type NatsConnection } from 'nats';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CONTRACT_REDELIVERY, deleted, describeEventBus } from './bus.contract.ts';
import type { EventBus, Outcome } from './bus.ts';
import type { DeadLetterBus } from './dead-letter.ts';
import { connectJetStream, type JetStreamOptions } from './index.ts';

const DONE: Outcome = { kind: 'done' };
const log = { error: () => undefined, warn: () => undefined, info: () => undefined };

/** This spec's own server, which it may stop and empty: others share the one of the test run. */
const isInstalled = findNatsServer() !== undefined;
const describeWithServer = isInstalled ? describe : describe.skip;
if (!isInstalled) process.stdout.write('no nats-server is installed: the specs of the JetStream bus are skipped\n');
let server: NatsServer;
let admin: NatsConnection;

beforeAll(async () => {
  if (!isInstalled) return;
  server = await startNatsServer();
  admin = await connect({ servers: server.url, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
});

afterAll(async () => {
  if (!isInstalled) return;
  await admin.close();
  await server.remove();
});

async function openFresh(options: Partial<JetStreamOptions> = {}): Promise<DeadLetterBus> {
  const manager = await admin.jetstreamManager();
  for (const stream of ['CLAIR', 'CLAIR_DEAD']) await manager.streams.delete(stream).catch(() => undefined);
  return await openAgain(options);
}

async function openAgain(options: Partial<JetStreamOptions> = {}): Promise<DeadLetterBus> {
  return await connectJetStream({
    servers: server.url,
    log,
    redelivery: CONTRACT_REDELIVERY,
    ackWaitMs: 1000,
    ...options,
  });
}

async function record(bus: EventBus, durable: string, answer: () => Promise<Outcome> = async () => DONE) {
  const seen: string[] = [];
  const handle = async (event: { id: string }) => {
    seen.push(event.id);
    return await answer();
  };
  const subscription = await bus.subscribe({ durable, subjects: ['clair.v1.>'], handle });
  return { seen, subscription };
}

describeWithServer('over NATS', () => describeEventBus('the JetStream bus', () => openFresh()));

describeWithServer('the JetStream bus alone', () => {
  it('makes its streams once, and leaves limits that an operator set', async () => {
    const bus = await openFresh();
    const manager = await admin.jetstreamManager();
    const made = (await manager.streams.info('CLAIR')).config;
    expect(made).toMatchObject({ subjects: ['clair.v1.*.*'], storage: 'file', retention: 'limits', discard: 'old' });
    expect(made.duplicate_window).toBe(600e9);
    await manager.streams.update('CLAIR', { max_age: 3600e9, subjects: ['clair.v1.*.*', 'other.>'] });
    const again = await openAgain();
    expect((await manager.streams.info('CLAIR')).config).toMatchObject({
      max_age: 3600e9,
      subjects: ['clair.v1.*.*', 'other.>'],
    });
    await manager.streams.update('CLAIR', { subjects: ['clair.v1.manifest.*'] });
    const repaired = await openAgain();
    expect((await manager.streams.info('CLAIR')).config.subjects).toEqual(['clair.v1.*.*']);
    await Promise.all([bus.close(), again.close(), repaired.close()]);
  });

  it('gives a new durable what the stream still holds, and an old one only what it has not had', async () => {
    const bus = await openFresh();
    await bus.publish(deleted(1));
    const first = await record(bus, 'late');
    await vi.waitFor(() => expect(first.seen).toEqual([deleted(1).id]));
    await bus.close();
    const again = await openAgain({ redelivery: { deliveriesMax: 9, backoffMs: [10] } });
    await again.publish(deleted(2));
    const second = await record(again, 'late');
    await vi.waitFor(() => expect(second.seen).toEqual([deleted(2).id]));
    await again.close();
  });

  it('keeps an event in hand for longer than the server waits', async () => {
    const bus = await openFresh();
    const slow = await record(bus, 'slow', async () => {
      await new Promise((resolve) => setTimeout(resolve, 2500));
      return DONE;
    });
    const replica = await openAgain();
    const other = await record(replica, 'slow');
    await other.subscription.stop();
    await bus.publish(deleted(1));
    await vi.waitFor(() => expect(slow.seen).toHaveLength(1));
    const next = await record(replica, 'slow');
    await new Promise((resolve) => setTimeout(resolve, 2800));
    expect(slow.seen).toHaveLength(1);
    expect(next.seen).toHaveLength(0);
    await Promise.all([bus.close(), replica.close()]);
  });

  it('gives the event of a handler that hangs to another replica', async () => {
    const bus = await openFresh({ handleMsMax: 300 });
    let release: (outcome: Outcome) => void = () => undefined;
    const hanging = await record(bus, 'hang', () => new Promise((resolve) => (release = resolve)));
    await bus.publish(deleted(1));
    await vi.waitFor(() => expect(hanging.seen).toHaveLength(1));
    const replica = await openAgain();
    const other = await record(replica, 'hang');
    await vi.waitFor(() => expect(other.seen).toEqual([deleted(1).id]), { timeout: 10_000 });
    release(DONE);
    await Promise.all([bus.close(), replica.close()]);
  });

  it('gives the event of a process that died to another, and gives up an event that kills each time', async () => {
    const bus = await openFresh();
    const manager = await admin.jetstreamManager();
    await bus.publish(deleted(1));
    const { subscription } = await record(bus, 'dying', async () => ({ kind: 'retry', afterMs: 0, reason: 'x' }));
    await subscription.stop();
    // What is left of a process that died with the event in hand: a delivery that nobody answers.
    const consumer = await admin.jetstream().consumers.get('CLAIR', 'dying');
    const died = await consumer.next({ expires: 5000 });
    expect(died?.seq).toBe(1);
    const seen: string[] = [];
    const next = await record(bus, 'dying', async () => {
      seen.push('handled');
      return DONE;
    });
    await vi.waitFor(() => expect(seen).toEqual(['handled']), { timeout: 10_000 });
    await next.subscription.stop();

    await bus.publish(deleted(2));
    for (let death = 0; death < CONTRACT_REDELIVERY.deliveriesMax; death += 1) {
      const taken = await consumer.next({ expires: 5000 });
      expect(taken?.info.deliveryCount).toBe(death + 1);
    }
    const last = await record(bus, 'dying');
    await vi.waitFor(async () => expect(await bus.listDeadLetters({ lettersMax: 10 })).toHaveLength(1), {
      timeout: 10_000,
      interval: 200,
    });
    expect(last.seen).toEqual([]);
    const [letter] = await bus.listDeadLetters({ lettersMax: 10 });
    expect(letter).toMatchObject({ deliveries: 4, reason: '3 deliveries without an outcome' });
    expect((await manager.consumers.info('CLAIR', 'dying')).num_ack_pending).toBe(0);
    await bus.close();
  });

  it('makes a dead letter of what is no event', async () => {
    const bus = await openFresh();
    const { seen } = await record(bus, 'strict');
    const body = new TextEncoder().encode('{"specversion":"0.1"}');
    await admin.jetstream().publish('clair.v1.manifest.indexed', body);
    await bus.publish(deleted(1));
    await vi.waitFor(() => expect(seen).toEqual([deleted(1).id]));
    const letters = await bus.listDeadLetters({ lettersMax: 10 });
    expect(letters).toMatchObject([
      { subscriber: 'strict', reason: expect.stringMatching(/^not an event: specversion/) },
    ]);
    expect(letters[0]?.body).toEqual(body);
    await bus.close();
  });

  it('stores an event as CloudEvents JSON under its own id', async () => {
    const bus = await openFresh();
    await bus.publish(deleted(1));
    const stored = await (await admin.jetstreamManager()).streams.getMessage('CLAIR', { seq: 1 });
    expect(stored.subject).toBe('clair.v1.manifest.deleted');
    expect(stored.header.get('Nats-Msg-Id')).toBe(deleted(1).id);
    expect(Buffer.from(stored.data)).toEqual(Buffer.from(encodeEvent(deleted(1))));
    await bus.close();
  });

  it('rejects when no server answers', async () => {
    const refused = connectJetStream({ servers: 'nats://127.0.0.1:1', log, connectMs: 600 });
    await expect(refused).rejects.toThrow(Unavailable);
  });
});

describeWithServer('the JetStream bus, when the server wants to know who it is', () => {
  const credentials = { user: 'clair', password: 'secret' };
  let guarded: NatsServer;
  beforeAll(async () => {
    guarded = await startNatsServer({ args: ['--user', credentials.user, '--pass', credentials.password] });
  });
  afterAll(() => guarded.remove());

  it('gets in with the right password', async () => {
    const bus = await connectJetStream({ servers: guarded.url, log, credentials });
    await bus.publish(deleted(1));
    await bus.close();
  });

  it.each([
    ['a wrong password', { credentials: { ...credentials, password: 'guess' } }],
    ['none', {}],
  ])('is told so at once with %s', async (_name, wrong) => {
    const refused = connectJetStream({ servers: guarded.url, log, ...wrong });
    await expect(refused).rejects.toThrow(/Authorization/);
    await expect(refused).rejects.not.toBeInstanceOf(Unavailable);
  });
});

describeWithServer('the JetStream bus, when the server is killed and comes back', () => {
  it('loses nothing, and repeats only what it had in its last moments', async () => {
    const bus = await openFresh({ redelivery: { deliveriesMax: 20, backoffMs: [20] } });
    const handled = new Map<string, number>();
    const subscription = await bus.subscribe({
      durable: 'survivor',
      subjects: ['clair.v1.manifest.deleted'],
      handle: async (event) => {
        handled.set(event.id, (handled.get(event.id) ?? 0) + 1);
        await new Promise((resolve) => setTimeout(resolve, 5));
        return DONE;
      },
    });
    for (let index = 0; index < 30; index += 1) await bus.publish(deleted(index));
    await vi.waitFor(() => expect(handled.size).toBeGreaterThan(5));

    await server.stop('SIGKILL');
    const before = new Set(handled.keys());
    await vi.waitFor(() => expect(bus.healthy()).toBe(false), { timeout: 10_000 });
    await expect(bus.publish(deleted(30))).rejects.toThrow(Unavailable);
    await expect(bus.listDeadLetters({ lettersMax: 1 })).rejects.toThrow(Unavailable);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await server.restart();

    await vi.waitFor(() => expect(bus.healthy()).toBe(true), { timeout: 15_000 });
    for (let index = 25; index < 60; index += 1) {
      await vi.waitFor(() => bus.publish(deleted(index)), { timeout: 15_000, interval: 100 });
    }
    await vi.waitFor(() => expect(handled.size).toBe(60), { timeout: 30_000 });
    // The server writes acknowledgements down a moment later: what it had taken just before it was killed may come again.
    const twice = [...handled].filter(([, times]) => times > 1);
    expect(twice.filter(([id, times]) => times > 2 || !before.has(id))).toEqual([]);
    await subscription.stop();
    await bus.close();
  });

  it('makes streams and subscribers again that the server lost', async () => {
    const bus = await openFresh();
    const { seen } = await record(bus, 'faithful');
    await bus.publish(deleted(1));
    await vi.waitFor(() => expect(seen).toHaveLength(1));
    const manager = await admin.jetstreamManager();
    await manager.streams.delete('CLAIR');
    await vi.waitFor(() => bus.publish(deleted(2)), { timeout: 15_000, interval: 100 });
    await vi.waitFor(() => expect(seen).toContain(deleted(2).id), { timeout: 30_000 });
    await bus.close();
  });
});
