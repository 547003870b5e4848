import { expect, it } from 'vitest';
import { createRandom } from './random.ts';

it('gives the same sequence for a seed, and another for another', () => {
  const sequence = (seed: number) => {
    const random = createRandom(seed);
    return Array.from({ length: 5 }, () => random.int(0, 1_000_000));
  };
  expect(sequence(1)).toEqual(sequence(1));
  expect(sequence(1)).not.toEqual(sequence(2));
});

it('reaches both ends of a range and stays within it', () => {
  const random = createRandom(3);
  expect(new Set(Array.from({ length: 200 }, () => random.int(-1, 2)))).toEqual(new Set([-1, 0, 1, 2]));
});

it('shuffles without loss', () => {
  const values = Array.from({ length: 50 }, (_, index) => index);
  const shuffled = createRandom(4).shuffle(values);
  expect(shuffled).not.toEqual(values);
  expect(shuffled.toSorted((a, b) => a - b)).toEqual(values);
});

it('takes text from whole characters', () => {
  expect(createRandom(5).text('🜚', 3)).toBe('🜚🜚🜚');
});
