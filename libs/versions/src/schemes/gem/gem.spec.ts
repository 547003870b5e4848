import { assertLadder } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { compareVersions } from '../../registry.ts';
import { sampleOrder } from '../../testing/order-laws.ts';
import { gem } from './index.ts';

const compare = (a: string, b: string): number => {
  const order = compareVersions('gem', a, b);
  if (!order.ok) throw new Error(JSON.stringify(order.error));
  return order.value;
};

describe('the order of RubyGems', () => {
  it.each([
    {
      name: 'letters make a pre-release; letters and digits are segments of their own',
      rungs: [
        ['0.9'],
        ['1.A', '1.0.A'],
        ['1.a', '1.0.a', '1.0.0.a', '1.a.0', '1.0.a0', '1.a00.0'],
        ['1.0.a.2', '1.a2', '1.0.0.a.2.0'],
        ['1.0.a9', '1.0.a.9', '1.0.a09'],
        ['1.0.a.10', '1.0.a10'],
        ['1.0.ab'],
        ['1.0.b1'],
        ['1.0.beta'],
        ['1.0.pre.a'],
        ['1.0.pre', '1.0.pre.0'],
        ['1.0.pre1'],
        ['1.0.rc2'],
        ['1.0.x'],
        ['1', '1.0', '1.0.0', '01', '1.00', ' 1.0\n'],
        ['1.0.0.1.a'],
        ['1.0.0.1'],
        ['1.0.1.a'],
        ['1.0.1'],
        ['1.2'],
        ['1.10'],
      ],
    },
    {
      name: 'a hyphen is .pre.',
      rungs: [
        ['2.0.0.alpha'],
        ['2.0.0-1-1', '2.pre1.pre1'],
        ['2.0.0-1', '2.0.0.pre.1', '2.pre1'],
        ['2.0.0-2'],
        ['2.0.0.rc'],
        ['2.0.0'],
      ],
    },
    {
      name: 'a hyphen and a word: in the order of pre.word',
      rungs: [
        ['4.0.beta'],
        ['4.0-alpha', '4.0.pre.alpha'],
        ['4.0-beta.2', '4-beta2'],
        ['4.0-beta.11'],
        ['4.0-rc.1'],
        ['4.0.rc.1'],
        ['4.0'],
      ],
    },
    {
      name: 'nothing is 0; numbers of any length',
      rungs: [
        ['0.a', '0.0.a', '00.a'],
        ['0', '', ' ', '0.0', '00'],
        ['0.0.1'],
        ['0.99999999999999999999'],
        ['0.100000000000000000000'],
        ['100000000000000000000'],
      ],
    },
    {
      name: 'only the first zeros before a letter are left out',
      rungs: [
        ['5.a.0.b', '5.a.b'],
        ['5.0.a.0.b'],
        ['5.10.b1', '5.10.0.b1', '5.10.00.b1', '5.10.0b1'],
        ['5.10'],
        ['10.0a', '10.a'],
      ],
    },
    {
      name: 'a framework over its life',
      rungs: [
        ['2.3.18'],
        ['3.0.0.beta'],
        ['3.0.0.beta4'],
        ['3.0.0.rc'],
        ['3.0.0.rc2'],
        ['3.0.0'],
        ['4.2.11.3'],
        ['5.0.0.beta1.1'],
        ['5.0.0.beta2'],
        ['5.0.0.racecar1'],
        ['5.0.0.rc1'],
        ['5.0.0'],
        ['5.2.4.3'],
        ['7.0.0.alpha1'],
        ['7.0.0'],
      ],
    },
  ])('$name', ({ rungs }) => assertLadder(compare, rungs));
});

describe('what RubyGems refuses', () => {
  const digit = 'it does not start with a digit';
  const shape = 'it is not digits and letters between full stops, with at most a hyphened part after them';
  it.each([
    ['a', digit],
    ['v1.0', digit],
    ['.1', digit],
    ['-1', digit],
    ['>= 1.0', digit],
    ['1gamma', shape],
    ['1.', shape],
    ['1..2', shape],
    ['1.0_1', shape],
    ['1.0-', shape],
    ['1.0-a..b', shape],
    ['1.0-a.', shape],
    ['1.0+build', shape],
    ['1.0 2', shape],
    ['1.é', shape],
    ['0.6.0-x86_64-darwin-10', shape],
  ])('%j', (text, reason) => {
    expect(gem.parse(text)).toEqual({ ok: false, error: { kind: 'malformed-version', text, reason } });
  });

  it('an endless text', () => {
    const reason = 'it is longer than 10000 characters';
    expect(gem.parse('1'.repeat(10_001))).toMatchObject({ ok: false, error: { reason } });
    expect(gem.parse('1'.repeat(10_000)).ok).toBe(true);
  });
});

it('splits a version into its canonical segments', () => {
  expect(gem.parse('1.0.0-Beta2.x10')).toEqual({ ok: true, value: { segments: ['1', 'pre', 'Beta', '2', 'x', '10'] } });
});

it('is a total order over what real versions turn into by small slips', () => {
  const versions =
    '2.3.18 3.0.0.beta4 4.2.11.3 5.0.0.beta1.1 5.0.0.racecar1 1.0.0-rc.1 7.0.0-rc3 1.10.0.pre1 0.0.1 20200101 1.8.2.a10 2.0.0.pre.rc.2 1.a.0.b';
  const { broken, compared, signs } = sampleOrder(gem, { versions: versions.split(' '), triples: 8_000, seed: 23 });
  expect(broken).toEqual([]);
  expect(compared).toBeGreaterThan(2_000);
  expect(signs).toEqual(new Set([-1, 0, 1]));
});

it.each(['1', '.', '1.', '.0', '0', 'a', '1a', ' ', '-', '-a', 'a.0.'])(
  'is done with a long run of %j in no time',
  (unit) => {
    const started = performance.now();
    for (const head of ['', '1', '1.', '1.a', '1-', '1.0'])
      for (const tail of ['', '!', 'a', '.1']) gem.parse(`${head}${unit.repeat(9_990 / unit.length)}${tail}`);
    expect(performance.now() - started).toBeLessThan(250);
  },
);
