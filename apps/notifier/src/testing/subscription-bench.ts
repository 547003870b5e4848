import { createHmac } from 'node:crypto';
import { createInProcessBus, type InProcessBus } from '@clair/bus';
import { ADVISORIES_CHANGED, makeEvent } from '@clair/contracts';
import type { Database } from '@clair/postgres';
import { createHttpServer, createLogger, createMetrics, type HttpServer } from '@clair/service-kit';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterEach, beforeEach, expect } from 'vitest';
import type { NotifierService } from '../service.ts';
import { moveProgress } from '../store/progress.ts';
import { eventually } from './eventually.ts';
import { openNotifierDatabase } from './notifier-database.ts';
import { storedState } from './stored-state.ts';
import { testConfig, testService } from './test-service.ts';
import { type ReceivedPost, startReceiver, type WebhookReceiver } from './webhook-receiver.ts';
import { debianPackage, digestOf, vulnerability, type World } from './world.ts';

const log = createLogger({ level: 'fatal', name: 'test' });
export const KEY = Buffer.from('0123456789abcdef0123456789abcdef').toString('base64');
export const SUBSCRIPTIONS = '/notifier/api/v2/subscriptions';

/** Two images that hold openssl, `a` of the team red, and nothing known yet. */
function quietWorld(): World {
  return {
    operations: [{ id: 1, feed: 'debian', firstLoad: true }],
    rows: [],
    manifests: { [digestOf('a')]: [debianPackage('openssl', '2')], [digestOf('b')]: [debianPackage('openssl', '1')] },
    labels: { [digestOf('a')]: { team: ['red'] } },
  };
}

/** A notifier with its HTTP API and a clock that stands still, anew for each test. */
export class SubscriptionBench {
  db!: Database;
  bus!: InProcessBus;
  service!: NotifierService;
  nowMs = 0;
  #own!: TestDatabase;
  #server!: HttpServer;
  #world: World = quietWorld();
  #receivers: WebhookReceiver[] = [];

  async open(): Promise<void> {
    this.#own = await createTestDatabase();
    this.db = await openNotifierDatabase(this.#own.connstring);
    await moveProgress(this.db, undefined, 1);
    this.#world = quietWorld();
    this.nowMs = Date.parse('2026-01-01T00:00:10Z');
    this.bus = createInProcessBus({ log });
    this.#receivers = [];
    await this.#start({ signing_keys: [KEY], allow_private_targets: true });
  }

  async close(): Promise<void> {
    await this.#server.close();
    await this.service.stop();
    for (const receiver of this.#receivers) await receiver.close();
    await this.db.close();
    await this.#own.drop();
  }

  async #start(notifier: object, nats = true): Promise<void> {
    const { db, bus } = this;
    this.service = testService({ db, world: () => this.#world, bus, clock: () => this.nowMs, notifier, nats });
    await this.service.start();
    const metrics = createMetrics({ processMetrics: false });
    this.#server = await createHttpServer({ config: testConfig({}), log, metrics });
    this.service.registerHttp(this.#server);
  }

  /** With another `notifier` block, and perhaps without NATS. */
  async restart(notifier: object, { nats = true } = {}): Promise<void> {
    await this.#server.close();
    await this.service.stop();
    await this.#start(notifier, nats);
  }

  async receiver(...answer: Parameters<typeof startReceiver>): Promise<WebhookReceiver> {
    const receiver = await startReceiver(...answer);
    this.#receivers.push(receiver);
    return receiver;
  }

  async call(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object) {
    const response = await this.#server.inject({ method, url, ...(payload && { payload }) });
    return { status: response.statusCode, body: response.body === '' ? undefined : response.json() };
  }

  async subscribe(fields: object): Promise<{ id: string; secret: string }> {
    const { status, body } = await this.call('POST', SUBSCRIPTIONS, fields);
    expect([status, body]).toEqual([201, expect.anything()]);
    return { id: body.subscription.id, secret: body.secret };
  }

  /** The next operation: one new advisory for each name. Resolves when it is notified. */
  async publish(...names: string[]): Promise<void> {
    const id = this.#world.operations.length + 1;
    this.#world = {
      ...this.#world,
      operations: [...this.#world.operations, { id, feed: 'debian', firstLoad: false }],
      rows: [...this.#world.rows, ...names.map((name) => ({ from: id, vulnerability: vulnerability({ name }) }))],
    };
    const data = { operation: id, feed: 'debian', firstLoad: false };
    await this.bus.publish(makeEvent(ADVISORIES_CHANGED, data, { source: '/clair/matcher', timeMs: 0 }));
    await eventually('notified', async () => (await storedState(this.db)).notified === id);
  }
}

/** The bench of the test that is running. */
export function useSubscriptionBench(): SubscriptionBench {
  const bench = new SubscriptionBench();
  beforeEach(() => bench.open());
  afterEach(() => bench.close());
  return bench;
}

export const posted = (receiver: WebhookReceiver, count: number): Promise<void> =>
  eventually(`${count} posts`, () => receiver.posts.length >= count);

export const dataOf = (post: ReceivedPost | undefined) => JSON.parse(post?.body ?? '{}').data;

/** `added CVE-1 aa` for each notification of a post, sorted. */
export function namesOf(post: ReceivedPost | undefined): string[] {
  type One = { manifest: string; kind: string; vulnerability: { name: string } };
  return dataOf(post)
    .notifications.map((one: One) => `${one.kind} ${one.vulnerability.name} ${one.manifest.slice(7, 9)}`)
    .sort();
}

/** As a receiver checks it. */
export function isSignedWith(secret: string, post: ReceivedPost | undefined): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = post?.headers ?? {};
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${post?.body}`).digest('base64');
  return String(signatures).split(' ').includes(`v1,${expected}`);
}
