import { describe, expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { storedState } from '../testing/stored-state.ts';
import { useSubscriptionBench } from '../testing/subscription-bench.ts';
import { collectSets } from './collect.ts';

const HOUR_MS = 3_600_000;
const DELIVERIES = '/notifier/api/v2/deliveries';
const target = { nats: { subject: 'clair.v1.notification.team' } };

const bench = useSubscriptionBench();

interface Limits {
  readonly createdBeforeMs: number;
  readonly signal?: AbortSignal;
}

const collect = ({ signal = new AbortController().signal, ...limits }: Limits) =>
  collectSets(bench.db, { batchRows: 1, signal, ...limits });

/** Aborted as soon as it was asked `questions` times, as when the process is told to stop between two batches. */
function abortedAfter(questions: number): AbortSignal {
  let asked = 0;
  const signal = {
    get aborted() {
      asked += 1;
      return asked > questions;
    },
  };
  return signal as AbortSignal; // Safety: the collection looks at nothing else of it.
}

async function deliveriesTo(subscription: string): Promise<readonly { id: string; state: string }[]> {
  return (await bench.call('GET', `${DELIVERIES}?subscription=${subscription}`)).body.deliveries;
}

async function delivered(subscription: string): Promise<string> {
  await eventually('delivered', async () => {
    const all = await deliveriesTo(subscription);
    return all.length === 1 && all.every(({ state }) => state === 'delivered');
  });
  return (await deliveriesTo(subscription))[0]?.id ?? '';
}

const ids = async (table: string) =>
  (await bench.db.query<{ readonly id: string }>(`select id from notifier.${table}`)).map(({ id }) => id);

describe('a set that is half collected', () => {
  it('is in no delivery any more, and the next collection finishes it', async () => {
    const { id: subscription } = await bench.subscribe({ name: 'team', target });
    await bench.publish('CVE-1');
    const delivery = await delivered(subscription);
    const createdBeforeMs = bench.nowMs + 1;
    expect(await collect({ createdBeforeMs, signal: abortedAfter(2) })).toBe(0);
    expect(await ids('notification')).toHaveLength(1);
    expect(await deliveriesTo(subscription)).toEqual([]);
    const replayed = await bench.call('POST', `${DELIVERIES}/${delivery}/replay`);
    const paged = await bench.call('GET', `${DELIVERIES}/${delivery}/notifications`);
    expect([replayed.status, paged.status]).toEqual([404, 404]);
    // Begun is begun, whatever the limits are by then.
    expect(await collect({ createdBeforeMs: 0 })).toBe(1);
    expect(await storedState(bench.db)).toMatchObject({ sets: [], notifications: [], deliveries: [] });
  });

  it('is not one of which a delivery is replayed at the last moment', async () => {
    const { id: subscription } = await bench.subscribe({ name: 'team', target });
    await bench.publish('CVE-1');
    const delivery = await delivered(subscription);
    let collected: Promise<number> | undefined;
    await bench.db.transaction(async (tx) => {
      await tx.execute(`update notifier.delivery set state = 'pending', next_attempt_at = '2100-01-01' where id = $1`, [
        delivery,
      ]);
      collected = collect({ createdBeforeMs: bench.nowMs + 1 });
      await eventually('the collection waits', async () => {
        const sql = `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
        return (await bench.db.query(sql)).length > 0;
      });
    });
    expect(await collected).toBe(0);
    expect(await ids('notification')).toHaveLength(2);
    expect((await deliveriesTo(subscription)).map(({ state }) => state)).toEqual(['pending']);
  });
});

describe('a digest', () => {
  it('keeps its sets until all of them are old, and goes as a whole', async () => {
    const { id: subscription } = await bench.subscribe({ name: 'team', target, digest: { window: '1h', per: 'all' } });
    await bench.publish('CVE-1');
    const first = bench.nowMs;
    bench.nowMs += HOUR_MS / 2;
    await bench.publish('CVE-2');
    bench.nowMs += HOUR_MS;
    // Wakes the deliveries; it is in the window after, which is not over.
    await bench.publish('CVE-3');
    const all = await deliveriesTo(subscription);
    const [digest] = all.filter(({ id }) => id !== all[0]?.id);
    await eventually('delivered', async () =>
      (await deliveriesTo(subscription)).some(({ id, state }) => id === digest?.id && state === 'delivered'),
    );
    expect(await collect({ createdBeforeMs: first + 1 })).toBe(0);
    const paged = await bench.call('GET', `${DELIVERIES}/${digest?.id}/notifications`);
    expect(paged.body.notifications).toHaveLength(4);
    const windowEndMs = Date.parse('2026-01-01T01:00:00Z');
    expect(await collect({ createdBeforeMs: windowEndMs + 1, signal: abortedAfter(3) })).toBe(0);
    expect((await bench.call('GET', `${DELIVERIES}/${digest?.id}/notifications`)).status).toBe(404);
    expect(await collect({ createdBeforeMs: windowEndMs + 1 })).toBe(2);
    expect((await deliveriesTo(subscription)).map(({ state }) => state)).toEqual(['pending']);
  });
});

it('does not keep a set for a webhook whose receiver deleted it', async () => {
  const receiver = await bench.receiver((response) => response.writeHead(500).end());
  await bench.restart({ webhook: { target: receiver.url, callback: 'http://clair/' } });
  const { id: subscription } = await bench.subscribe({ name: 'team', target });
  await bench.publish('CVE-1');
  await delivered(subscription);
  await eventually('posted', () => receiver.posts.length > 0);
  const limits = { createdBeforeMs: bench.nowMs + 1 };
  expect(await collect(limits)).toBe(0);
  await bench.call('DELETE', `/notifier/api/v1/notification/${receiver.ids()[0]}`);
  expect(await collect(limits)).toBe(1);
});
