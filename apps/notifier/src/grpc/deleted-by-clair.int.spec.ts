import { describe, expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { useSubscriptionBench } from '../testing/subscription-bench.ts';

const DAY_MS = 86_400_000;

const bench = useSubscriptionBench();

const setIds = async () =>
  (await bench.db.query<{ readonly id: string }>('select id from notifier.notification_set order by sequence')).map(
    ({ id }) => id,
  );

const v1 = (id: string | undefined) => `/notifier/api/v1/notification/${id}`;

async function read(id = '') {
  const context = {} as never; // Safety: the implementation does not look at it.
  const request = { id, pageSize: 0, next: '' };
  return (await bench.service.implementation.getNotifications(request, context)).notifications ?? [];
}

async function watchAfter(afterSequence: number): Promise<number> {
  const ended = new AbortController();
  const context = { signal: ended.signal } as never; // Safety: the implementation looks at nothing else of it.
  try {
    const messages = bench.service.implementation.watch({ filter: undefined, afterSequence }, context);
    for await (const { sequence, notificationId } of messages) if (notificationId !== '') return Number(sequence);
    return 0;
  } finally {
    ended.abort();
  }
}

describe('a set that Clair’s receiver has deleted', () => {
  it('is hidden from Clair’s API, and from nobody else', async () => {
    await bench.publish('CVE-1');
    const [id] = await setIds();
    await bench.call('DELETE', v1(id));
    expect((await bench.call('GET', v1(id))).body.notifications).toEqual([]);
    expect(await read(id)).toHaveLength(2);
    expect(await watchAfter(0)).toBe(1);
  });

  it('is kept for watchers as long as any other', async () => {
    await bench.publish('CVE-1');
    bench.nowMs += 10 * DAY_MS;
    await bench.publish('CVE-2');
    const [old, young] = await setIds();
    await bench.call('DELETE', v1(young));
    bench.nowMs += 5 * DAY_MS;
    // The collector looks when it starts.
    await bench.restart({});
    await eventually('the old one is collected', async () => !(await setIds()).includes(old ?? ''));
    expect(await read(young)).toHaveLength(2);
    expect(await watchAfter(1)).toBe(2);
  });

  it('is owed to its webhook no more', async () => {
    await bench.publish('CVE-1');
    const [id] = await setIds();
    await bench.db.execute(
      `insert into notifier.delivery (id, set_id, target, state, next_attempt_at, created_at)
       values (gen_random_uuid(), $1, 'webhook', 'pending', now() + interval '1 day', now())`,
      [id],
    );
    await bench.call('DELETE', v1(id));
    const left = await bench.db.query(
      `select state from notifier.delivery where target = 'webhook' and finished_at is null`,
    );
    expect(left).toEqual([]);
  });
});
