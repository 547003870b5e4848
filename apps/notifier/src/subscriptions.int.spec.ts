import { describe, expect, it } from 'vitest';
import { eventually } from './testing/eventually.ts';
import { storedState } from './testing/stored-state.ts';
import {
  dataOf,
  isSignedWith,
  KEY,
  namesOf,
  posted,
  SUBSCRIPTIONS,
  useSubscriptionBench,
} from './testing/subscription-bench.ts';

const bench = useSubscriptionBench();

describe('a webhook', () => {
  it('gets what its filter lets through, signed, once', async () => {
    const receiver = await bench.receiver();
    const { id, secret } = await bench.subscribe({
      name: 'red',
      target: { webhook: { url: receiver.url } },
      filter: { labels: { team: 'red' } },
    });
    await bench.publish('CVE-1', 'CVE-2');
    await posted(receiver, 1);
    const [post] = receiver.posts;
    expect(namesOf(post)).toEqual(['added CVE-1 aa', 'added CVE-2 aa']);
    expect(JSON.parse(post?.body ?? '')).toMatchObject({
      type: 'clair.v1.notification.matched',
      timestamp: '2026-01-01T00:00:10.000Z',
      data: {
        subscription: { id, name: 'red' },
        count: 2,
        complete: true,
        severities: { Medium: 2 },
        notifications: [
          { labels: { team: ['red'] }, package: { name: 'openssl', version: '2', namespace: 'debian:12' } },
          {},
        ],
      },
    });
    expect(isSignedWith(secret, post)).toBe(true);
    expect(post?.headers['webhook-id']).toBe(dataOf(post).delivery_id);
    const { body } = await bench.call('GET', dataOf(post).page);
    expect(body.notifications).toHaveLength(2);
    await eventually('delivered', async () => {
      const listed = await bench.call('GET', `/notifier/api/v2/deliveries?subscription=${id}`);
      return listed.body.deliveries[0]?.state === 'delivered';
    });
    expect(receiver.posts).toHaveLength(1);
    // Nothing of the secret is kept.
    const [stored] = await bench.db.query<{ text: string }>(
      `select row_to_json(s)::text as text from notifier.subscription s`,
    );
    expect(stored?.text).not.toContain(secret.slice(6, 20));
  });

  it('that nothing concerns gets nothing', async () => {
    const receiver = await bench.receiver();
    await bench.subscribe({ name: 'none', target: { webhook: { url: receiver.url } }, filter: { package: 'bash' } });
    await bench.publish('CVE-1');
    expect((await storedState(bench.db)).deliveries).toHaveLength(1);
    expect(receiver.posts).toHaveLength(0);
  });

  it('that hangs or fails delays nobody, and is replayed when it is mended', async () => {
    const hanging = await bench.receiver(() => undefined);
    let mended = false;
    const failing = await bench.receiver((response) => response.writeHead(mended ? 204 : 500).end());
    const fine = await bench.receiver();
    await bench.subscribe({ name: 'hangs', target: { webhook: { url: hanging.url } } });
    const { id } = await bench.subscribe({ name: 'fails', target: { webhook: { url: failing.url } } });
    await bench.subscribe({ name: 'fine', target: { webhook: { url: fine.url } } });
    for (let index = 0; index < 10; index += 1) await bench.publish(`CVE-${index}`);
    await posted(fine, 10);
    expect(hanging.posts.length).toBeLessThanOrEqual(2);
    await eventually('ten failures', () => failing.posts.length === 10);
    await eventually('recorded', async () => {
      const { body } = await bench.call('GET', `/notifier/api/v2/deliveries?subscription=${id}&state=pending`);
      return body.deliveries.every((one: { attempts: number }) => one.attempts === 1);
    });
    await bench.db.execute(
      `update notifier.delivery set state = 'dead', attempts = 11 where subscription_id = '${id}'`,
    );
    mended = true;
    const { body } = await bench.call('GET', `/notifier/api/v2/deliveries?subscription=${id}&state=dead`);
    expect(body.deliveries).toHaveLength(10);
    const [first] = body.deliveries;
    expect((await bench.call('POST', `/notifier/api/v2/deliveries/${first.id}/replay`)).status).toBe(202);
    await posted(failing, 11);
    expect(failing.posts[10]?.headers['webhook-id']).toBe(first.id);
    expect(failing.posts.slice(0, 10).map(({ body: text }) => text)).toContain(failing.posts[10]?.body);
  });

  it('that answers 410 is disabled, with what it was owed, until it is enabled', async () => {
    let gone = true;
    const receiver = await bench.receiver((response) => response.writeHead(gone ? 410 : 200).end());
    const target = { webhook: { url: receiver.url } };
    const { id } = await bench.subscribe({ name: 'gone', target });
    await bench.publish('CVE-1');
    await eventually(
      'disabled',
      async () => (await bench.call('GET', `${SUBSCRIPTIONS}/${id}`)).body.subscription.disabled,
    );
    expect((await bench.call('GET', `${SUBSCRIPTIONS}/${id}`)).body.subscription.disabled_reason).toContain('410');
    await bench.publish('CVE-2');
    expect(receiver.posts).toHaveLength(1);
    gone = false;
    expect(
      (await bench.call('PUT', `${SUBSCRIPTIONS}/${id}`, { name: 'gone', target })).body.subscription.disabled,
    ).toBe(false);
    await bench.publish('CVE-3');
    await posted(receiver, 2);
    expect(namesOf(receiver.posts[1])).toEqual(['added CVE-3 aa', 'added CVE-3 bb']);
  });

  it('is signed with both secrets for a day after a rotation', async () => {
    const receiver = await bench.receiver();
    const { id, secret } = await bench.subscribe({ name: 'turns', target: { webhook: { url: receiver.url } } });
    const { body } = await bench.call('POST', `${SUBSCRIPTIONS}/${id}/rotate_secret`);
    expect(body.secret).not.toBe(secret);
    expect(body.previous_until).toBe('2026-01-02T00:00:10.000Z');
    await bench.publish('CVE-1');
    await posted(receiver, 1);
    expect([secret, body.secret].map((one) => isSignedWith(one, receiver.posts[0]))).toEqual([true, true]);
    bench.nowMs += 24 * 3_600_000 + 1;
    await bench.publish('CVE-2');
    await posted(receiver, 2);
    expect([secret, body.secret].map((one) => isSignedWith(one, receiver.posts[1]))).toEqual([false, true]);
  });

  it('is not posted to unsigned when the configuration has lost its keys', async () => {
    const receiver = await bench.receiver();
    const { id } = await bench.subscribe({ name: 'lost', target: { webhook: { url: receiver.url } } });
    await bench.restart({ allow_private_targets: true });
    await bench.publish('CVE-1');
    await eventually('tried', async () => {
      const { body } = await bench.call('GET', `/notifier/api/v2/deliveries?subscription=${id}`);
      return body.deliveries[0]?.last_error.includes('notifier.signing_keys');
    });
    expect(receiver.posts).toHaveLength(0);
  });

  it('goes on being signed with its secret while the key of the configuration is replaced', async () => {
    const receiver = await bench.receiver();
    const { secret } = await bench.subscribe({ name: 'keys', target: { webhook: { url: receiver.url } } });
    const newer = Buffer.from('a newer key').toString('base64');
    await bench.restart({ signing_keys: [newer, KEY], allow_private_targets: true });
    await bench.publish('CVE-1');
    await posted(receiver, 1);
    expect(isSignedWith(secret, receiver.posts[0])).toBe(true);
  });
});

describe('a digest', () => {
  it('has all of its window in one message, and nothing of the next', async () => {
    const receiver = await bench.receiver();
    const digest = { window: '1h', per: 'all' };
    await bench.subscribe({ name: 'hourly', target: { webhook: { url: receiver.url } }, digest });
    await bench.publish('CVE-1');
    bench.nowMs += 30 * 60_000;
    await bench.publish('CVE-2');
    expect(receiver.posts).toHaveLength(0);
    bench.nowMs = Date.parse('2026-01-01T01:00:00Z');
    await bench.publish('CVE-3');
    await posted(receiver, 1);
    expect(namesOf(receiver.posts[0])).toEqual([
      'added CVE-1 aa',
      'added CVE-1 bb',
      'added CVE-2 aa',
      'added CVE-2 bb',
    ]);
    expect(dataOf(receiver.posts[0]).count).toBe(4);
    expect(JSON.parse(receiver.posts[0]?.body ?? '').timestamp).toBe('2026-01-01T01:00:00.000Z');
    bench.nowMs += 3_600_000;
    await bench.publish('CVE-4');
    await posted(receiver, 2);
    expect(namesOf(receiver.posts[1])).toEqual(['added CVE-3 aa', 'added CVE-3 bb']);
  });

  it('can be one message for each manifest', async () => {
    const receiver = await bench.receiver();
    const digest = { window: '1h', per: 'manifest' };
    await bench.subscribe({ name: 'each', target: { webhook: { url: receiver.url } }, digest });
    await bench.publish('CVE-1', 'CVE-2');
    await bench.publish('CVE-3');
    bench.nowMs += 3_600_000;
    await bench.publish('CVE-4');
    await posted(receiver, 2);
    expect(receiver.posts.map(namesOf).sort()).toEqual([
      ['added CVE-1 aa', 'added CVE-2 aa', 'added CVE-3 aa'],
      ['added CVE-1 bb', 'added CVE-2 bb', 'added CVE-3 bb'],
    ]);
    expect(receiver.posts.map((post) => dataOf(post).count)).toEqual([3, 3]);
  });

  it('that is being delivered takes nothing more: what comes then goes to the next window', async () => {
    const receiver = await bench.receiver();
    await bench.subscribe({
      name: 'late',
      target: { webhook: { url: receiver.url } },
      digest: { window: '1h', per: 'all' },
    });
    await bench.publish('CVE-1');
    await bench.db.execute(`update notifier.delivery set claim = gen_random_uuid(), claimed_until = now() + interval '100 years'
      where subscription_id is not null`);
    await bench.publish('CVE-2');
    const windows = await bench.db.query<{ readonly window: string; readonly sets: number }>(
      `select to_char(window_end at time zone 'utc', 'HH24') as window, count(*) as sets from notifier.delivery
       join notifier.delivered_set on delivery_id = id group by 1 order by 1`,
    );
    expect(windows).toEqual([
      { window: '01', sets: 1 },
      { window: '02', sets: 1 },
    ]);
  });
});
