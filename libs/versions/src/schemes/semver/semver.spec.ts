import { assertLadder } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { compareVersions } from '../../registry.ts';
import { sampleOrder } from '../../testing/order-laws.ts';
import { semver } from './index.ts';

const compare = (a: string, b: string): number => {
  const order = compareVersions('semver', a, b);
  if (!order.ok) throw new Error(JSON.stringify(order.error));
  return order.value;
};

describe('the order of SemVer', () => {
  it.each([
    {
      name: 'the example of section 11',
      rungs: [
        ['1.0.0-alpha'],
        ['1.0.0-alpha.1'],
        ['1.0.0-alpha.beta'],
        ['1.0.0-beta'],
        ['1.0.0-beta.2'],
        ['1.0.0-beta.11'],
        ['1.0.0-rc.1'],
        ['1.0.0'],
        ['2.0.0'],
        ['2.1.0'],
        ['2.1.1'],
      ],
    },
    {
      name: 'numbers before words, words in ASCII order, hyphens within words',
      rungs: [
        ['1.0.0-0', '1.0.0-00'],
        ['1.0.0-0.0'],
        ['1.0.0-9', '1.0.0-09'],
        ['1.0.0-10'],
        ['1.0.0-99999999999999999999'],
        ['1.0.0-100000000000000000000'],
        ['1.0.0--1'],
        ['1.0.0-0a'],
        ['1.0.0-10a'],
        ['1.0.0-2-a'],
        ['1.0.0-Beta'],
        ['1.0.0-a-b'],
        ['1.0.0-beta'],
        ['1.0.0-beta-1'],
        ['1.0.0-beta10'],
        ['1.0.0-beta2'],
        ['1.0.0'],
      ],
    },
    {
      name: 'what npm takes loosely, bounds without all numbers, build metadata',
      rungs: [
        ['0', '0.0', '0.0.0', 'v0'],
        ['1.2.3-4.5'],
        ['1.2.3-', '1.2.3--'],
        ['1.2.3-beta1', '1.2.3beta1', 'v1.2.3beta1+b', '1.2.3-beta1+a.b-c'],
        ['1.2.3', 'v1.2.3', '=1.2.3', '= v1.2.3', ' 1.2.3\n', '01.02.03', '1.2.3+5', '1.2.3+0005.a'],
        ['1.2.34'],
        ['1.3', '1.3.0', 'v1.3'],
        ['2', '2.0.0'],
        ['99999999999999999999.0.0'],
        ['100000000000000000000.0.0'],
      ],
    },
    {
      name: 'a package over its life',
      rungs: [
        ['15.0.0-canary.0'],
        ['15.0.0-canary.61'],
        ['15.0.0-rc.0'],
        ['15.0.0'],
        ['15.2.0-canary.77'],
        ['15.2.3'],
        ['16.0.0-beta.0'],
      ],
    },
  ])('$name', ({ rungs }) => assertLadder(compare, rungs));
});

describe('what neither npm nor Cargo can order', () => {
  const shape = 'it is not N{.N{.N{-pre-release}{+build}}}';
  const numbers = 'it has more than three numbers';
  it.each([
    ['', 'it is empty'],
    [' ', 'it is empty'],
    ['1.13.0.0', numbers],
    ['v1.2.3.4-beta', numbers],
    ['1.2.34.5', numbers],
    ['1.0.0.alpha', shape],
    ['kibana', shape],
    ['latest', shape],
    ['*', shape],
    ['1.x', shape],
    ['V1.2.3', shape],
    ['1.2-beta', shape],
    ['1.2beta', shape],
    ['1.', shape],
    ['.1', shape],
    ['1..2', shape],
    ['-1.2.3', shape],
    ['1.2.3-a..b', shape],
    ['1.2.3-a.', shape],
    ['1.2.3-a_b', shape],
    ['1.2.3+', shape],
    ['1.2.3+a+b', shape],
    ['1.2.3 beta', shape],
    ['1.2.3-é', shape],
    ['>=1.2.3', shape],
    ['file:../a', shape],
  ])('%j', (text, reason) => {
    expect(semver.parse(text)).toEqual({ ok: false, error: { kind: 'malformed-version', text, reason } });
  });

  it('an endless text', () => {
    const reason = 'it is longer than 10000 characters';
    expect(semver.parse('1'.repeat(10_001))).toMatchObject({ ok: false, error: { reason } });
    expect(semver.parse('1'.repeat(10_000)).ok).toBe(true);
  });
});

it('keeps the numbers and the identifiers', () => {
  expect(semver.parse('v1.02.3-rc.1+build.5')).toEqual({
    ok: true,
    value: { major: '1', minor: '02', patch: '3', prerelease: ['rc', '1'] },
  });
});

it('is a total order over what real versions turn into by small slips', () => {
  const versions =
    '0.0.1-security 4.17.21 15.6.0-canary.61 2.39.0-2.7.0 3.1.1-canary.20211030 0.25.0-alpha.5 0.0.0-0 1.3 2025.12.0-alpha.2 4.0.0-beta1 1.0.0-alpha.79 3.0.0-beta.17.8+sha.5114f85';
  const { broken, compared, signs } = sampleOrder(semver, { versions: versions.split(' '), triples: 8_000, seed: 11 });
  expect(broken).toEqual([]);
  expect(compared).toBeGreaterThan(2_000);
  expect(signs).toEqual(new Set([-1, 0, 1]));
});

it.each(['1', '.', '1.', '-', 'a-', ' ', 'v', '.x', '1a'])('refuses a long run of %j in no time', (unit) => {
  const started = performance.now();
  for (const head of ['', '1.2.', '1.2.3', '1.2.3-', '1.2.3+']) semver.parse(`${head}${unit.repeat(3_000)}!`);
  expect(performance.now() - started).toBeLessThan(250);
});
