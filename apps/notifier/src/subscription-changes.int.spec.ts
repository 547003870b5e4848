import type { CloudEvent } from '@clair/contracts';
import { describe, expect, it } from 'vitest';
import { eventually } from './testing/eventually.ts';
import { isSignedWith, KEY, posted, SUBSCRIPTIONS, useSubscriptionBench } from './testing/subscription-bench.ts';

const bench = useSubscriptionBench();
const nats = { nats: { subject: 'clair.v1.notification.team' } };

const deliveriesOf = async (id: string) =>
  (await bench.call('GET', `/notifier/api/v2/deliveries?subscription=${id}`)).body.deliveries;

/** What is said on the bus to the team, whether or not a subscriber has heard it before. */
function said(): readonly CloudEvent[] {
  const events: CloudEvent[] = [];
  const publish = bench.bus.publish.bind(bench.bus);
  bench.bus.publish = async (event) => {
    if (event.type === nats.nats.subject) events.push(event);
    await publish(event);
  };
  return events;
}

async function answerTo(method: 'POST' | 'PUT', url: string, body: object): Promise<string> {
  const { status, body: answer } = await bench.call(method, url, body);
  return `${status} ${answer?.message ?? ''}`;
}

describe('over NATS', () => {
  it('has one id for all attempts, and another for each replay, which JetStream would drop', async () => {
    const heard = said();
    const { id } = await bench.subscribe({ name: 'team', target: nats });
    await bench.publish('CVE-1');
    await eventually('heard', () => heard.length === 1);
    const replay = async () => {
      await eventually('delivered', async () => (await deliveriesOf(id))[0]?.state === 'delivered');
      const [{ id: delivery }] = await deliveriesOf(id);
      expect((await bench.call('POST', `/notifier/api/v2/deliveries/${delivery}/replay`)).status).toBe(202);
      return delivery;
    };
    const delivery = await replay();
    await eventually('heard again', () => heard.length === 2);
    await replay();
    await eventually('heard a third time', () => heard.length === 3);
    expect(heard.map((event) => event.id)).toEqual([delivery, `${delivery}.1`, `${delivery}.2`]);
    expect(new Set(heard.map((event) => JSON.stringify(event.data))).size).toBe(1);
    // As when the process died after the bus took it.
    await eventually('delivered', async () => (await deliveriesOf(id))[0]?.state === 'delivered');
    await bench.db.execute(`update notifier.delivery set state = 'pending' where id = $1`, [delivery]);
    await bench.publish('CVE-2');
    await eventually('tried again', () => heard.length === 5);
    expect(heard.filter((event) => event.id === `${delivery}.2`)).toHaveLength(2);
  });

  it('is refused without NATS, and what is owed already is kept until there is one', async () => {
    const heard = said();
    const { id } = await bench.subscribe({ name: 'team', target: nats });
    await bench.restart({}, { nats: false });
    expect(await answerTo('POST', SUBSCRIPTIONS, { name: 'more', target: nats })).toMatch(/^422 .*nats\.servers/);
    expect(await answerTo('PUT', `${SUBSCRIPTIONS}/${id}`, { name: 'team', target: nats })).toMatch(/^422 /);
    await bench.publish('CVE-1');
    await eventually('tried', async () => (await deliveriesOf(id))[0]?.attempts === 1);
    expect((await deliveriesOf(id))[0]).toMatchObject({
      state: 'pending',
      last_error: expect.stringContaining('nats.servers'),
    });
    expect(heard).toEqual([]);
    expect(await answerTo('PUT', `${SUBSCRIPTIONS}/${id}`, { name: 'team', target: nats, disabled: true })).toBe(
      '200 ',
    );
  });
});

describe('a change', () => {
  it('that enables delivers what was owed before', async () => {
    let mended = false;
    const receiver = await bench.receiver((response) => response.writeHead(mended ? 204 : 500).end());
    const wanted = { name: 'a', target: { webhook: { url: receiver.url } } };
    const { id } = await bench.subscribe(wanted);
    await bench.publish('CVE-1');
    await eventually('failed', async () => (await deliveriesOf(id))[0]?.attempts === 1);
    await bench.call('PUT', `${SUBSCRIPTIONS}/${id}`, { ...wanted, disabled: true });
    bench.nowMs += 60_000;
    mended = true;
    await bench.call('PUT', `${SUBSCRIPTIONS}/${id}`, wanted);
    // Less than the 15 s after which the worker looks by itself.
    await eventually('posted', () => receiver.posts.length === 2, 3000);
  });

  it('from NATS to a webhook gives a secret, once', async () => {
    const receiver = await bench.receiver();
    const webhook = { name: 'a', target: { webhook: { url: receiver.url } } };
    const { id, secret: first } = await bench.subscribe(webhook);
    const put = async (body: object): Promise<string> =>
      (await bench.call('PUT', `${SUBSCRIPTIONS}/${id}`, body)).body.secret;
    expect(await put(webhook)).toBe('');
    expect(await put({ name: 'a', target: nats })).toBe('');
    const secret = await put(webhook);
    expect(secret).toMatch(/^whsec_/);
    // Whoever had it before may be somebody else.
    expect(secret).not.toBe(first);
    expect(await put(webhook)).toBe('');
    await bench.publish('CVE-1');
    await posted(receiver, 1);
    expect([first, secret].map((one) => isSignedWith(one, receiver.posts[0]))).toEqual([false, true]);
  });

  it('that disables needs neither keys nor an address that may be reached', async () => {
    const wanted = { name: 'a', target: { webhook: { url: 'http://127.0.0.1:1/' } } };
    const { id } = await bench.subscribe(wanted);
    await bench.restart({});
    expect(await answerTo('PUT', `${SUBSCRIPTIONS}/${id}`, wanted)).toMatch(/^400 .*allow_private_targets/);
    expect(await answerTo('PUT', `${SUBSCRIPTIONS}/${id}`, { ...wanted, disabled: true })).toBe('200 ');
    await bench.restart({ allow_private_targets: true });
    expect(await answerTo('PUT', `${SUBSCRIPTIONS}/${id}`, wanted)).toMatch(/^422 .*signing_keys/);
    expect(await answerTo('POST', SUBSCRIPTIONS, { ...wanted, name: 'b', disabled: true })).toMatch(/^422 /);
  });
});

describe('what is refused', () => {
  const target = { webhook: { url: 'https://example.org/' } };
  it.each<[string, object, string]>([
    ['an unknown property', { colour: 'red' }, '400 body: there is no property "colour"'],
    ['one of the filter', { filter: { severity: 'High' } }, '400 body/filter: there is no property "severity"'],
    ['a wrong type', { disabled: 'no' }, '400 body/disabled must be boolean'],
    ['a threshold of 0', { filter: { epss_threshold: 0 } }, '400 filter.epss_threshold: must be 0.1, 0.2, … or 1'],
  ])('is %s, and is named', async (_, fields, answer) => {
    expect(await answerTo('POST', SUBSCRIPTIONS, { name: 'a', target, ...fields })).toBe(answer);
  });

  it.each([
    ['http://10.0.0.1/', false, true],
    ['http://127.0.0.1/', false, true],
    ['http://169.254.169.254/', false, false],
    ['http://metadata.google.internal/', false, false],
    ['http://169.254.169.254/', true, false],
  ])('is %s with allow_private_targets %s; that the option would help is said: %s', async (url, allowed, helps) => {
    await bench.restart({ signing_keys: [KEY], allow_private_targets: allowed });
    const answer = await answerTo('POST', SUBSCRIPTIONS, { name: 'a', target: { webhook: { url } } });
    expect(answer).toMatch(/^400 target\.webhook\.url: /);
    expect(answer.includes('allow_private_targets')).toBe(helps);
  });
});
