import { assertLadder } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { compareVersions } from '../../registry.ts';
import { sampleOrder } from '../../testing/order-laws.ts';
import { composer } from './index.ts';

const compare = (a: string, b: string): number => {
  const order = compareVersions('composer', a, b);
  if (!order.ok) throw new Error(JSON.stringify(order.error));
  return order.value;
};

describe('the order of Composer', () => {
  it.each([
    {
      name: 'a stability Composer does not spell so, dev, alpha, beta, RC, the release, patch',
      rungs: [
        ['1.0-STABLE', '1.0.0.Stable'],
        ['1.0-dev', '1.0.0-dev', '1.0DEV', '1-dev'],
        ['1.0-alpha.dev', '1.0a-dev'],
        ['1.0-alpha', '1.0a', '1.0.0.0-A', '1_alpha', '1.0.0-alpha+b'],
        ['1.0-alpha1-dev', '1.0.alpha.1-dev'],
        ['1.0-alpha1', '1.0a1', '1.0-alpha.1', '1.0.alpha-1', '1-ALPHA01'],
        ['1.0-alpha1.1', '1.0-alpha-1-1'],
        ['1.0-alpha2'],
        ['1.0-alpha10'],
        ['1.0-beta', '1.0b'],
        ['1.0-beta2', '1.0b2', '1.0-b.2'],
        ['1.0-RC', '1.0rc'],
        ['1.0-RC1-dev', '1.0.0RC1dev'],
        ['1.0-RC1', '1.0rc1', '1.0-rC1'],
        ['1.0-RC15'],
        [
          '1.0',
          '1',
          'v1.0.0',
          'V1.0.0.0',
          '01.0',
          '1.0-stable',
          '1.0-stable5',
          '1.0+build',
          '1.0@dev',
          '1.0 as 2.0',
          ' 1.0 ',
          '1.0.',
          '1.0-',
        ],
        ['1.0-p-dev'],
        ['1.0-patch', '1.0p', '1.0pl', '1.0.0-PL'],
        ['1.0-patch1-dev', '1.0.pl1-dev'],
        ['1.0-patch1', '1.0pl1', '1.0-p.1'],
        ['1.0-patch10'],
        ['1.0.0.1'],
        ['1.0.1'],
        ['1.10'],
      ],
    },
    {
      name: 'a branch with a number is after its releases',
      rungs: [
        ['2.0.5'],
        ['2.0.9999999'],
        ['2.0.x-dev', 'v2.0.x-dev', '2.0.*-dev', '2.0.Xdev'],
        ['2.1'],
        ['2.1.3'],
        ['2.1.3.x-dev'],
        ['2.1.x-dev', '2.1.X.dev'],
        ['2.10'],
        ['2.x-dev', '2.x.x-dev', '2.X-DEV', '2.x-dev@stable'],
        ['3'],
      ],
    },
    {
      name: 'dates: as many parts as they have',
      rungs: [
        ['2010.01.02'],
        ['2010.1.555'],
        ['20100102', 'v20100102'],
        ['20100102-203040-alpha1'],
        ['20100102-203040', '20100102.203040'],
        ['20100102-203040-p1', '20100102.203040pl1'],
        ['20150920'],
        ['20150920.00'],
        ['20100102203040-10'],
      ],
    },
    {
      name: 'numbers of any length, but for the first',
      rungs: [['0'], ['0.1'], ['4.99999999999999999999'], ['4.100000000000000000000'], ['99999']],
    },
    {
      name: 'a framework over its life',
      rungs: [
        ['v2.0.0-BETA1'],
        ['v2.0.0-RC1'],
        ['v2.0.0'],
        ['v2.8.52'],
        ['v3.4.49'],
        ['v4.0.0-BETA1'],
        ['4.4.x-dev'],
        ['v5.4.31'],
        ['v6.3.8'],
        ['6.4.x-dev'],
        ['v7.0.0'],
      ],
    },
  ])('$name', ({ rungs }) => assertLadder(compare, rungs));
});

describe('what Composer refuses or cannot order', () => {
  const none = 'it is no version of Composer';
  const branch = 'it is a branch without a number, which has no place in the order';
  it.each([
    ['', 'it is empty'],
    [' ', 'it is empty'],
    ['a', none],
    ['1.0.0-meh', none],
    ['1.0.0.0.0', none],
    ['1.0.0-0.3.7', none],
    ['1.0.0-x.7.z.92', none],
    ['feature-foo', none],
    ['foo-dev', none],
    ['1.0.0+foo bar', none],
    ['1.2.3.#', none],
    ['4.3-2RC2', none],
    ['3.0.0b1.post1', none],
    ['1.3.0r1', none],
    ['1234567x', none],
    ['999999999999999999999999999991', none],
    ['^1.0', none],
    ['>=1.0', none],
    ['1.x', none],
    ['1.0.0.0.x-dev', none],
    ['x-dev', none],
    ['.1', none],
    ['1..0', none],
    ['-1', none],
    ['1.0alpha1beta', none],
    ['master', branch],
    ['trunk', branch],
    ['default', branch],
    ['dev-master', branch],
    ['DEV-FOOBAR', branch],
    ['dev-feature/foo', branch],
    ['dev-master as 1.0.0', branch],
    ['dev-main@dev', branch],
    ['dev-1.0', branch],
  ])('%j', (text, reason) => {
    expect(composer.parse(text)).toEqual({ ok: false, error: { kind: 'malformed-version', text, reason } });
  });

  it('an endless text', () => {
    const reason = 'it is longer than 10000 characters';
    expect(composer.parse(`1.${'1'.repeat(9_999)}`)).toMatchObject({ ok: false, error: { reason } });
    expect(composer.parse(`1.${'1'.repeat(9_998)}`).ok).toBe(true);
  });
});

it('splits and normalises a version', () => {
  expect(composer.parse('v1.2-rC.3-4.dev')).toEqual({
    ok: true,
    value: { parts: ['1', '2', '0', '0', 'RC', '3', '4', 'dev'] },
  });
  expect(composer.parse('1.x-dev')).toEqual({
    ok: true,
    value: { parts: ['1', '9999999', '9999999', '9999999', 'dev'] },
  });
});

it('is a total order over what real versions turn into by small slips', () => {
  const versions =
    'v6.3.8 v2.0.0-BETA1 1.0.0-RC2 5.8.x-dev 2010.01.02 20100102-203040-p1 1.0.0-alpha.3.1 4.0.0-beta.5+foo 3.2.1pl1 1.0.0.5 7.0-dev 1.0-STABLE 2.x-dev v1.0b2-dev';
  const { broken, compared, signs } = sampleOrder(composer, {
    versions: versions.split(' '),
    triples: 12_000,
    seed: 31,
  });
  expect(broken).toEqual([]);
  expect(compared).toBeGreaterThan(2_000);
  expect(signs).toEqual(new Set([-1, 0, 1]));
});

it.each(['1', '.', '1.', '.0', '-', '-1', 'a', '1a', ' ', ' as ', '@', 'dev', '-dev', '+a', '10'])(
  'is done with a long run of %j in no time',
  (unit) => {
    const started = performance.now();
    for (const head of ['', '1', '1.', '1.a', '2010', '1-beta1', 'x'])
      for (const tail of ['', '!', 'dev', ' as']) composer.parse(`${head}${unit.repeat(9_985 / unit.length)}${tail}`);
    expect(performance.now() - started).toBeLessThan(250);
  },
);
