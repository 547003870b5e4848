import { ok } from '@clair/model';
import { expect, it } from 'vitest';
import { sampleOrder } from './order-laws.ts';

const sample = { versions: ['1.2.3', '1.10.0-rc', '2.0'], triples: 500, seed: 1 };
const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

it('passes an order', () => {
  const { broken, compared, signs } = sampleOrder({ id: 'text', parse: ok, compare: byText }, sample);
  expect(broken).toEqual([]);
  expect(compared).toBe(500);
  expect(signs).toEqual(new Set([-1, 0, 1]));
});

it.each<[string, (a: string, b: string) => number]>([
  ['never equal', (a, b) => byText(a, b) || 1],
  ['the same both ways round', (a, b) => Math.abs(byText(a, b))],
  ['equal when nearly as long', (a, b) => (Math.abs(a.length - b.length) < 2 ? 0 : a.length - b.length)],
  ['in a circle', (a, b) => ((a.length - b.length + 9) % 3) - (a.length === b.length ? 0 : 1.5)],
])('finds out a comparison that is none: %s', (_name, compare) => {
  expect(sampleOrder({ id: 'bad', parse: ok, compare }, sample).broken).not.toEqual([]);
});
