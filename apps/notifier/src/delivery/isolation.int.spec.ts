import { it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { posted, useSubscriptionBench } from '../testing/subscription-bench.ts';

const HANGING = 150;
/** Far below the 15 s after which an attempt is given up. */
const PROMPT_MS = 8000;

const bench = useSubscriptionBench();

it('posts to those who answer while many others never do, at the first change and at those after', async () => {
  const hanging = await bench.receiver(() => undefined);
  const fine = await bench.receiver();
  for (let index = 0; index < HANGING; index += 1) {
    await bench.subscribe({ name: `hangs-${index}`, target: { webhook: { url: hanging.url } } });
  }
  await bench.subscribe({ name: 'fine-1', target: { webhook: { url: fine.url } } });
  await bench.subscribe({ name: 'fine-2', target: { webhook: { url: fine.url } } });
  await bench.publish('CVE-1');
  await eventually('the first change', () => fine.posts.length === 2, PROMPT_MS);
  await eventually('all begun', () => hanging.posts.length === HANGING, PROMPT_MS);

  await eventually('all given up once', async () => (await failed()) === HANGING, 25_000);
  bench.nowMs += 10_000;
  await bench.publish('CVE-2');
  await eventually('the second change', () => fine.posts.length === 4, PROMPT_MS);
  await posted(hanging, HANGING + 1);
}, 90_000);

it('tries one that has begun to fail when that is due, and does not wait to be told', async () => {
  const receiver = await bench.receiver((response, index) => response.writeHead(index === 0 ? 500 : 204).end());
  await bench.subscribe({ name: 'fails-once', target: { webhook: { url: receiver.url } } });
  await bench.publish('CVE-1');
  await eventually('failed', async () => (await failed()) === 1);
  bench.nowMs += 10_000;
  // Due after 5 s; by itself a worker looks every 15 s.
  await eventually('tried again', () => receiver.posts.length === 2, 9000);
});

async function failed(): Promise<number> {
  const [row] = await bench.db.query<{ readonly count: number }>(
    `select count(*) as count from notifier.delivery where state = 'pending' and attempts = 1`,
  );
  return row?.count ?? 0;
}
