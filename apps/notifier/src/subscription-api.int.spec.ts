import type { CloudEvent } from '@clair/contracts';
import { describe, expect, it } from 'vitest';
import { collectSets } from './store/collect.ts';
import { eventually } from './testing/eventually.ts';
import { SUBSCRIPTIONS, useSubscriptionBench } from './testing/subscription-bench.ts';

const bench = useSubscriptionBench();

it('goes to a subject of the bus', async () => {
  const heard: CloudEvent[] = [];
  const handle = async (event: CloudEvent) => {
    heard.push(event);
    return { kind: 'done' as const };
  };
  await bench.bus.subscribe({ durable: 'team', subjects: ['clair.v1.notification.team'], handle });
  await bench.subscribe({ name: 'team', target: { nats: { subject: 'clair.v1.notification.team' } } });
  await bench.publish('CVE-1');
  await eventually('heard', () => heard.length === 1);
  expect(heard[0]).toMatchObject({ source: '/clair/notifier', data: { count: 2, complete: true } });
});

describe('the API', () => {
  it('shows, replaces and deletes', async () => {
    const wanted = {
      name: 'a',
      target: { nats: { subject: 'clair.v1.notification.a' } },
      filter: {
        kinds: ['added'],
        min_severity: 'High',
        labels: { team: 'red' },
        namespace: 'debian:*',
        epss_threshold: 0.7,
      },
      digest: { window: '90m', per: 'manifest' },
    };
    const { id, secret } = await bench.subscribe(wanted);
    expect(secret).toBe('');
    expect((await bench.call('GET', `${SUBSCRIPTIONS}/${id}`)).body.subscription).toMatchObject({
      ...wanted,
      id,
      built_in: false,
    });
    const replaced = await bench.call('PUT', `${SUBSCRIPTIONS}/${id}`, { ...wanted, name: 'b', digest: undefined });
    expect(replaced.body.subscription.name).toBe('b');
    expect(replaced.body.subscription.digest).toBeUndefined();
    expect((await bench.call('DELETE', `${SUBSCRIPTIONS}/${id}`)).status).toBe(204);
    expect((await bench.call('DELETE', `${SUBSCRIPTIONS}/${id}`)).status).toBe(204);
    expect((await bench.call('GET', `${SUBSCRIPTIONS}/${id}`)).status).toBe(404);
    expect((await bench.call('GET', SUBSCRIPTIONS)).body).toEqual({ subscriptions: [] });
  });

  it('refuses what cannot be, and says why', async () => {
    const target = { nats: { subject: 'clair.v1.notification.a' } };
    await bench.subscribe({ name: 'a', target });
    const refused = async (body: object) => {
      const answer = await bench.call('POST', SUBSCRIPTIONS, body);
      return `${answer.status} ${answer.body.message}`;
    };
    expect(await refused({ name: 'a', target })).toMatch(/^409 there is a subscription named a already$/);
    expect(await refused({ name: 'b', target: { ...target, webhook: { url: 'http://example.org' } } })).toMatch(
      /^400 target/,
    );
    expect(await refused({ name: 'b', target, colour: 'red' })).toMatch(/^400 /);
    expect(await refused({ name: 'b', target: { webhook: { url: 'http://169.254.169.254/' } } })).toMatch(
      /^400 .*never reached/,
    );
    await bench.restart({});
    const webhook = { webhook: { url: 'https://example.org/' } };
    expect(await refused({ name: 'b', target: webhook })).toMatch(/^4\d\d .*notifier.signing_keys/);
    expect(await refused({ name: 'b', target: { webhook: { url: 'http://10.0.0.1/' } } })).toMatch(
      /^400 .*allow_private_targets/,
    );
  });

  it('has room for a thousand', async () => {
    await bench.db.execute(`insert into notifier.subscription (id, name, target, filter, created_at)
      select gen_random_uuid(), 'n' || n, '{}', '{}', now() from generate_series(1, 1000) n`);
    const target = { nats: { subject: 'clair.v1.notification.a' } };
    const answer = await bench.call('POST', SUBSCRIPTIONS, { name: 'one-more', target });
    expect([answer.status, answer.body.message]).toEqual([429, expect.stringContaining('delete one')]);
  });

  it('shows Clair’s webhook as a built-in one, without what may be secret', async () => {
    await bench.restart({ webhook: { target: 'https://hooks.example.org/T0/secret', callback: 'http://clair/' } });
    const { subscriptions } = (await bench.call('GET', SUBSCRIPTIONS)).body;
    expect(subscriptions).toMatchObject([
      { built_in: true, target: { webhook: { url: 'https://hooks.example.org' } } },
    ]);
    expect((await bench.call('DELETE', `${SUBSCRIPTIONS}/${subscriptions[0].id}`)).body.message).toContain(
      'notifier.webhook',
    );
  });
});

it('keeps sets as long as an active subscription is owed some of them, and says how far it has collected', async () => {
  const receiver = await bench.receiver((response) => response.writeHead(500).end());
  const target = { webhook: { url: receiver.url } };
  const { id } = await bench.subscribe({ name: 'owed', target });
  await bench.publish('CVE-1');
  const tomorrowMs = Date.now() + 86_400_000;
  const limits = { createdBeforeMs: tomorrowMs, batchRows: 1 };
  const collect = () => collectSets(bench.db, { ...limits, signal: new AbortController().signal });
  await eventually('tried', () => receiver.posts.length === 1);
  expect(await collect()).toBe(0);
  await bench.call('PUT', `${SUBSCRIPTIONS}/${id}`, { name: 'owed', target, disabled: true });
  expect(await collect()).toBe(1);
  const [left] = await bench.db.query<{ readonly through: number; readonly rows: number }>(
    `select collected_through as through, (select count(*) from notifier.delivery) + (select count(*) from notifier.notified_manifest)
       + (select count(*) from notifier.delivered_set) as rows from notifier.progress`,
  );
  expect(left).toEqual({ through: 1, rows: 0 });
});

describe('watching', () => {
  async function* watch(request: object) {
    const ended = new AbortController();
    const context = { signal: ended.signal } as never; // Safety: the implementation looks at nothing else of it.
    const filter = {
      kinds: [],
      minSeverity: '',
      fixableOnly: false,
      package: '',
      namespace: '',
      labels: {},
      epssThreshold: 0,
    };
    try {
      yield* bench.service.implementation.watch({ filter, ...request }, context);
    } finally {
      ended.abort();
    }
  }

  async function take(messages: ReturnType<typeof watch>, count: number) {
    const taken = [];
    for await (const message of messages) {
      if ((message.notifications ?? []).length > 0) taken.push(message);
      if (taken.length === count) break;
    }
    return taken.map(({ sequence, notifications = [] }) => ({
      sequence: Number(sequence),
      names: [...new Set(notifications.map((one) => one.vulnerability?.name))].sort(),
    }));
  }

  it('tells what comes, and goes on where it was', async () => {
    await bench.publish('CVE-OLD');
    const messages = watch({});
    const first = take(messages, 1);
    await bench.publish('CVE-1');
    const [seen] = await first;
    expect(seen?.names).toEqual(['CVE-1']);
    await bench.publish('CVE-2');
    await bench.publish('CVE-3');
    const resumed = await take(watch({ afterSequence: seen?.sequence }), 2);
    expect(resumed.map(({ names }) => names)).toEqual([['CVE-2'], ['CVE-3']]);
    const all = await take(watch({ afterSequence: 0 }), 4);
    expect(all.map(({ names }) => names)).toEqual([['CVE-OLD'], ['CVE-1'], ['CVE-2'], ['CVE-3']]);
    expect(all.map(({ sequence }) => sequence)).toEqual(all.map(({ sequence }) => sequence).toSorted((a, b) => a - b));
  });

  it('says so when what came after is not kept any more', async () => {
    await bench.publish('CVE-1');
    await bench.db.execute('update notifier.progress set collected_through = 5');
    await expect(take(watch({ afterSequence: 3 }), 1)).rejects.toThrow('up to sequence 5');
    expect(await take(watch({ afterSequence: 0 }), 1)).toHaveLength(1);
  });

  it('ends when the process stops', async () => {
    const messages = watch({});
    expect((await messages.next()).value).toMatchObject({ notificationId: '', complete: true });
    const ended = expect(messages.next()).rejects.toThrow('watch again');
    await bench.service.stop();
    await ended;
  });
});
