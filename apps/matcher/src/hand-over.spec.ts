import { describe, expect, it } from 'vitest';
import { HandOver } from './hand-over.ts';

async function write(handOver: HandOver<number>, count: number): Promise<number> {
  for (let item = 0; item < count; item += 1) if (!(await handOver.put(item))) return item;
  handOver.end();
  return count;
}

describe('HandOver', () => {
  it.each([0, 1, 499, 500, 501, 2_000])('hands over %i items in order', async (count) => {
    const handOver = new HandOver<number>();
    const writing = write(handOver, count);
    const items: number[] = [];
    for await (const item of handOver.taken()) items.push(item);
    expect(items).toEqual(Array.from({ length: count }, (_, index) => index));
    expect(await writing).toBe(count);
  });

  it('makes the writer wait for the reader, and stop when it is gone', async () => {
    const handOver = new HandOver<number>();
    const writing = write(handOver, 10_000);
    await Promise.race([writing, new Promise((resolve) => setTimeout(resolve, 5))]);
    handOver.abandon();
    expect(await writing).toBe(499);
  });

  it('gives the reader what was put before an error, then the error', async () => {
    const handOver = new HandOver<number>();
    await handOver.put(1);
    handOver.fail(new Error('gone'));
    const items: number[] = [];
    const reading = (async () => {
      for await (const item of handOver.taken()) items.push(item);
    })();
    await expect(reading).rejects.toThrow('gone');
    expect(items).toEqual([1]);
  });
});
