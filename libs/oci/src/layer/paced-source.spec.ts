import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { PacedSource } from './paced-source.ts';

it('does not count the time of the consumer as idle', async () => {
  async function* source() {
    yield Buffer.from('a');
    yield Buffer.from('b');
  }
  const paced = new PacedSource(source(), { timeoutMs: 10_000, idleMs: 20, signal: new AbortController().signal });
  expect((await paced.next())?.length).toBe(1);
  await sleep(60);
  expect((await paced.next())?.length).toBe(1);
  expect(await paced.next()).toBeUndefined();
  paced.close();
});

it('gives the total time-out to a pull that comes after it', async () => {
  async function* source() {
    yield Buffer.from('a');
  }
  const paced = new PacedSource(source(), { timeoutMs: 10, idleMs: 1000, signal: new AbortController().signal });
  await sleep(30);
  await expect(paced.next()).rejects.toMatchObject({ name: 'Overdue', limit: 'total' });
  paced.close();
});

it('says the whole time that was allowed, also to the last of several attempts', async () => {
  async function* source() {
    await sleep(1000);
    yield Buffer.from('a');
  }
  const deadlineMs = performance.now() + 10;
  const signal = new AbortController().signal;
  const paced = new PacedSource(source(), { timeoutMs: 60_000, deadlineMs, idleMs: 1000, signal });
  await expect(paced.next()).rejects.toMatchObject({ limit: 'total', afterMs: 60_000 });
  paced.close();
});
