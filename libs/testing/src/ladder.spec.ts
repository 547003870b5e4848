import { expect, it } from 'vitest';
import { assertLadder } from './ladder.ts';

const byNumber = (a: string, b: string) => Number(a) - Number(b);

it('accepts a total order with equal values on a rung', () => {
  assertLadder(byNumber, [['1', '1.0'], ['2'], ['10']]);
});

it.each<[string, (a: string, b: string) => number]>([
  ['text instead of numbers', (a, b) => (a < b ? -1 : a > b ? 1 : 0)],
  ['never equal', (a, b) => byNumber(a, b) || 1],
  ['the same both ways round', (a, b) => (a === b ? 0 : Math.abs(byNumber(a, b)))],
])('refuses an order that is wrong: %s', (_name, compare) => {
  expect(() => assertLadder(compare, [['1', '1.0'], ['2'], ['10']])).toThrow(' <=> ');
});
