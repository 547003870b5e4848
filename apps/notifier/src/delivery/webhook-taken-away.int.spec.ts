import { expect, it } from 'vitest';
import { collectSets } from '../store/collect.ts';
import { eventually } from '../testing/eventually.ts';
import { posted, useSubscriptionBench } from '../testing/subscription-bench.ts';

const HOUR_MS = 3_600_000;
const DELIVERIES = '/notifier/api/v2/deliveries';

const bench = useSubscriptionBench();

async function webhookDelivery(): Promise<{ id: string; state: string; attempts: number; last_error: string }> {
  const { body } = await bench.call('GET', DELIVERIES);
  return body.deliveries.find((one: { target: string }) => one.target === 'webhook');
}

it('ends what was owed to it where it is seen, and keeps no set for it', async () => {
  let mended = false;
  const receiver = await bench.receiver((response) => response.writeHead(mended ? 200 : 500).end());
  const webhook = { target: receiver.url, callback: 'http://clair/' };
  await bench.restart({ webhook });
  await bench.publish('CVE-1');
  await eventually('tried', async () => (await webhookDelivery()).attempts === 1);

  // For a while: other replicas may have it still, or it may come back.
  await bench.restart({});
  await bench.restart({ webhook });
  expect((await webhookDelivery()).state).toBe('pending');

  bench.nowMs += 2 * HOUR_MS;
  mended = true;
  await bench.restart({});
  await eventually('given up', async () => (await webhookDelivery()).state === 'dead');
  const { id, last_error } = await webhookDelivery();
  expect(last_error).toContain('no notifier.webhook');

  await bench.restart({ webhook });
  expect((await bench.call('POST', `${DELIVERIES}/${id}/replay`)).status).toBe(202);
  await posted(receiver, 2);
  await eventually('recorded', async () => (await webhookDelivery()).state === 'delivered');
  await bench.db.execute(`update notifier.delivery set state = 'pending', next_attempt_at = $1 where id = $2`, [
    new Date(bench.nowMs - 2 * HOUR_MS),
    id,
  ]);
  await bench.restart({});
  await eventually('given up again', async () => (await webhookDelivery()).state === 'dead');
  const limits = { createdBeforeMs: bench.nowMs, batchRows: 100 };
  expect(await collectSets(bench.db, { ...limits, signal: new AbortController().signal })).toBe(1);
});
