import { describe, expect, it } from 'vitest';
import { BoundedCache } from './bounded-cache.ts';

const cacheOf = (bytesMax: number, ...keys: string[]) => {
  const cache = new BoundedCache<string>(bytesMax, (value) => value.length);
  for (const key of keys) cache.set(key, key.repeat(10));
  return cache;
};

describe('BoundedCache', () => {
  it('drops what was used longest ago, and no more than it must', () => {
    const cache = cacheOf(30, 'a', 'b', 'c');
    cache.get('a');
    cache.set('d', 'd'.repeat(10));
    expect(['a', 'b', 'c', 'd'].map((key) => cache.get(key) !== undefined)).toEqual([true, false, true, true]);
    expect(cache.bytes).toBe(30);
  });

  it('counts a replaced value once', () => {
    const cache = cacheOf(30, 'a', 'b');
    cache.set('a', 'longer than ten');
    expect([cache.bytes, cache.get('a')]).toEqual([25, 'longer than ten']);
  });

  it('does not keep what is larger than the whole, nor lose the others to it', () => {
    const cache = cacheOf(30, 'a');
    cache.set('big', 'x'.repeat(31));
    expect([cache.get('big'), cache.get('a'), cache.bytes]).toEqual([undefined, 'a'.repeat(10), 10]);
  });
});
