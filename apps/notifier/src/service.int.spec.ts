import { createInProcessBus } from '@clair/bus';
import { ADVISORIES_CHANGED, type CloudEvent, makeEvent, NOTIFICATION_CREATED } from '@clair/contracts';
import type { Database } from '@clair/postgres';
import { createLogger } from '@clair/service-kit';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NotifierService } from './service.ts';
import { moveProgress } from './store/progress.ts';
import { eventually } from './testing/eventually.ts';
import { openNotifierDatabase } from './testing/notifier-database.ts';
import { storedState } from './testing/stored-state.ts';
import { QUICK_TAKE_OVER, testService } from './testing/test-service.ts';
import { type Answer, startReceiver, type WebhookReceiver } from './testing/webhook-receiver.ts';
import { debianPackage, digestOf, vulnerability, type World } from './testing/world.ts';

const log = createLogger({ level: 'fatal', name: 'test' });
const FIRST_LOAD: World = {
  operations: [{ id: 1, feed: 'debian', firstLoad: true }],
  rows: [],
  manifests: { [digestOf('a')]: [debianPackage('openssl', '2')], [digestOf('b')]: [debianPackage('openssl', '1')] },
};

let own: TestDatabase;
let db: Database;
let world: World;
let running: NotifierService[];
let receiver: WebhookReceiver | undefined;

beforeEach(async () => {
  own = await createTestDatabase();
  db = await openNotifierDatabase(own.connstring);
  await moveProgress(db, undefined, 1);
  world = FIRST_LOAD;
  running = [];
});

afterEach(async () => {
  await Promise.all(running.map((service) => service.stop()));
  await receiver?.close();
  receiver = undefined;
  await db.close();
  await own.drop();
});

/** The next operation, with one new advisory for each name. */
function publishAdvisories(...names: string[]): CloudEvent {
  const id = world.operations.length + 1;
  world = {
    ...world,
    operations: [...world.operations, { id, feed: 'debian', firstLoad: false }],
    rows: [...world.rows, ...names.map((name) => ({ from: id, vulnerability: vulnerability({ name }) }))],
  };
  const data = { operation: id, feed: 'debian', firstLoad: false };
  return makeEvent(ADVISORIES_CHANGED, data, { source: '/clair/matcher', timeMs: 0 });
}

async function start(options: Partial<Parameters<typeof testService>[0]> = {}): Promise<NotifierService> {
  const webhook = receiver && { webhook: { target: receiver.url, callback: 'http://clair/n' } };
  const notifier = { disable_summary: true, ...webhook };
  const service = testService({ db, world: () => world, notifier, ...options });
  running.push(service);
  await service.start();
  return service;
}

const deliveryStates = async (target: string) =>
  (await storedState(db)).deliveries.filter((one) => one.includes(` ${target} `)).map((one) => one.split(' ').at(-1));

async function allDelivered(sets: number): Promise<void> {
  await eventually(`${sets} sets delivered`, async () => {
    const states = [...(await deliveryStates('webhook')), ...(await deliveryStates('nats'))];
    return states.filter((state) => state === 'delivered').length === 2 * sets;
  });
}

describe('events', () => {
  it('are turned into one set each, however often they are delivered', async () => {
    receiver = await startReceiver();
    const bus = createInProcessBus({ log });
    const heard: CloudEvent[] = [];
    const handle = async (event: CloudEvent) => {
      heard.push(event);
      return { kind: 'done' as const };
    };
    await bus.subscribe({ durable: 'listener', subjects: [NOTIFICATION_CREATED], handle });
    await start({ bus });
    for (const names of [['CVE-1'], ['CVE-2', 'CVE-3']]) {
      const event = publishAdvisories(...names);
      await bus.publish(event);
      await bus.publish(event);
      await eventually('notified', async () => (await storedState(db)).notified === world.operations.length);
      await bus.publish(event);
    }
    await allDelivered(2);
    const state = await storedState(db);
    expect(state.sets.map((set) => set.split(' ').at(-1)).sort()).toEqual(['2', '4']);
    expect(new Set(receiver.ids())).toEqual(new Set(state.sets.map((set) => set.split(' ')[0])));
    expect(receiver.posts).toHaveLength(2);
    expect(new Set(heard.map(({ id }) => id)).size).toBe(2);
    const [first] = heard;
    expect(first?.data).toMatchObject({ count: 2, notifications: [{ reason: 'added' }, { reason: 'added' }] });
  });

  it('that are lost cost only time', async () => {
    publishAdvisories('CVE-1');
    await start({ notifier: { poll_interval: '1m', disable_summary: true } });
    await eventually('notified without an event', async () => (await storedState(db)).notified === 2);
    expect((await storedState(db)).sets).toHaveLength(1);
  });
});

describe('two replicas', () => {
  it('make each set once and share the deliveries', async () => {
    receiver = await startReceiver((response) => setTimeout(() => response.writeHead(200).end(), 30));
    const bus = createInProcessBus({ log });
    await Promise.all([start({ bus }), start({ bus })]);
    for (let index = 0; index < 8; index += 1) {
      await bus.publish(publishAdvisories(`CVE-${index}`));
      await eventually('notified', async () => (await storedState(db)).notified === index + 2);
    }
    await allDelivered(8);
    expect(receiver.posts).toHaveLength(8);
    expect(new Set(receiver.ids()).size).toBe(8);
  });
});

describe('receivers', () => {
  const gone: Answer = (response) => response.writeHead(410).end();
  const failing: Answer = (response) => response.writeHead(500).end();

  it('that fail once are asked again', async () => {
    let nowMs = Date.now();
    receiver = await startReceiver((response, index) => response.writeHead(index === 0 ? 500 : 200).end());
    publishAdvisories('CVE-1');
    await start({ clock: () => nowMs });
    await eventually('first attempt', async () => (await deliveries())[0]?.attempts === 1);
    expect((await deliveries())[0]).toMatchObject({ state: 'pending', lastError: 'the receiver answered 500' });
    expect(receiver.posts).toHaveLength(1);
    nowMs += 6001;
    await allDelivered(1);
    expect(receiver.ids()).toEqual([receiver.ids()[0], receiver.ids()[0]]);
  });

  it('that are gone get nothing more', async () => {
    receiver = await startReceiver(gone);
    publishAdvisories('CVE-1');
    await start();
    await eventually('dead', async () => (await deliveryStates('webhook'))[0] === 'dead');
    await eventually('event said', async () => (await deliveryStates('nats'))[0] === 'delivered');
  });

  it('that fail for one set do not hold up the others', async () => {
    let failingId: string | undefined;
    receiver = await startReceiver((response, index, post) => {
      const { notification_id: id } = JSON.parse(post.body);
      failingId ??= id;
      return id === failingId ? failing(response, index, post) : response.writeHead(202).end();
    });
    const bus = createInProcessBus({ log });
    await start({ bus });
    for (const name of ['CVE-1', 'CVE-2', 'CVE-3']) {
      await bus.publish(publishAdvisories(name));
      await eventually('notified', async () => (await storedState(db)).notified === world.operations.length);
    }
    await eventually('two delivered', async () => {
      const states = await deliveryStates('webhook');
      return states.filter((state) => state === 'delivered').length === 2;
    });
    expect((await deliveryStates('webhook')).sort()).toEqual(['delivered', 'delivered', 'pending']);
  });

  async function deliveries() {
    const [service] = running;
    const request = { state: '', limit: 10, subscriptionId: '' };
    // Safety: the implementation does not look at the context of a call.
    const answer = await service?.implementation.listDeliveries(request, undefined as never);
    return (answer?.deliveries ?? []).filter(({ target } = {}) => target === 'webhook');
  }
});

describe('a database that goes away', () => {
  it('costs nothing but time', async () => {
    receiver = await startReceiver();
    const fragile = await openNotifierDatabase(own.connstring, 'fragile');
    let messages = 0;
    const pause = async () => {
      messages += 1;
      // In the middle of the diff, and in the middle of the questions.
      if (messages !== 2 && messages !== 7) return;
      await db.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'fragile'`);
    };
    publishAdvisories('CVE-1', 'CVE-2');
    const service = await start({ db: fragile, pause, takeOver: QUICK_TAKE_OVER });
    await allDelivered(1);
    expect(messages).toBeGreaterThan(7);
    expect((await storedState(db)).sets).toHaveLength(1);
    await service.stop();
    await fragile.close();
  });
});
