import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { mapConcurrently } from './map-concurrently.ts';

describe('mapConcurrently', () => {
  it.each([1, 2, 4, 100])('keeps the order, with at most %d in hand', async (concurrency) => {
    const items = [5, 1, 4, 2, 3, 0];
    let inHand = 0;
    let most = 0;
    const results = await mapConcurrently(items, concurrency, async (item, index) => {
      most = Math.max(most, ++inHand);
      await sleep(item);
      inHand -= 1;
      return `${index}:${item}`;
    });
    expect(results).toEqual(['0:5', '1:1', '2:4', '3:2', '4:3', '5:0']);
    expect(most).toBe(Math.min(concurrency, items.length));
  });

  it('begins nothing after a rejection, and rejects when those in hand have ended', async () => {
    const log: string[] = [];
    const work = async (item: number) => {
      log.push(`begin ${item}`);
      await sleep(item === 0 ? 1 : 8);
      if (item === 0) throw new Error('the disk is full');
      log.push(`end ${item}`);
    };
    await expect(mapConcurrently([0, 1, 2, 3], 2, work)).rejects.toThrow('the disk is full');
    expect(log).toEqual(['begin 0', 'begin 1', 'end 1']);
  });

  it('of nothing is nothing', async () => {
    expect(await mapConcurrently([], 3, async () => 1)).toEqual([]);
  });
});
