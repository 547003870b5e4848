import { expect, it } from 'vitest';
import { KeySet } from './key-set.ts';

it('takes each key once and knows it from then on', () => {
  const set = new KeySet();
  const keys = Array.from({ length: 20_000 }, (_, i) => `CVE-2024-${i}/package`);
  expect(set.has(keys[0] ?? '')).toBe(false);
  expect(keys.filter((key) => set.add(key))).toHaveLength(20_000);
  expect(keys.filter((key) => set.add(key))).toEqual([]);
  expect(keys.every((key) => set.has(key))).toBe(true);
  expect(set.has('CVE-2024-20000/package')).toBe(false);
  expect(set.has('')).toBe(false);
  expect(set.size).toBe(20_000);
});
