import { assertLadder } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { compareVersions } from '../../registry.ts';
import { sampleOrder } from '../../testing/order-laws.ts';
import { nuget } from './index.ts';

const compare = (a: string, b: string): number => {
  const order = compareVersions('nuget', a, b);
  if (!order.ok) throw new Error(JSON.stringify(order.error));
  return order.value;
};

describe('the order of NuGet', () => {
  it.each([
    {
      name: 'the example of its documentation: labels without regard to case, numbers in labels as text unless a full stop parts them',
      rungs: [
        ['1.0.1-aaa'],
        ['1.0.1-alpha'],
        ['1.0.1-alpha10'],
        ['1.0.1-alpha2'],
        ['1.0.1-Beta', '1.0.1-beta'],
        ['1.0.1-beta.2'],
        ['1.0.1-beta.11'],
        ['1.0.1-open'],
        ['1.0.1-rc', '1.0.1-RC'],
        ['1.0.1-zzz'],
        ['1.0.1'],
      ],
    },
    {
      name: 'one to four numbers, leading zeros, metadata',
      rungs: [
        ['0', '0.0', '0.0.0.0', '00'],
        ['0.0.0.1'],
        ['1-a', '1.0.0.0-A'],
        ['1', '1.0', '1.0.0', '1.0.0.0', '01.0', '1.00.0', '1.0+sha', '1.0.0+SHA.5', ' 1.0 '],
        ['1.0.0.1-beta'],
        ['1.0.0.1', '1.0.0.01'],
        ['1.0.1', '1.0.1.0', '1.0.01'],
        ['1.0.10'],
        ['9.2147483648.0'],
        ['9.99999999999999999999.0'],
        ['10.2.0', '10.02.0'],
      ],
    },
    {
      name: 'numeric labels by value, before words',
      rungs: [
        ['2.0.0-0'],
        ['2.0.0-1', '2.0.0-01'],
        ['2.0.0-1.1'],
        ['2.0.0-20240101123456'],
        ['2.0.0-100000000000000'],
        ['2.0.0-1a'],
        ['2.0.0-preview'],
        ['2.0.0-preview.1', '2.0.0-preview.01'],
        ['2.0.0-preview.1.1'],
        ['2.0.0-preview-01'],
        ['2.0.0-preview-1'],
      ],
    },
    {
      name: 'a framework over its life',
      rungs: [
        ['3.0.0-preview3-19153-02'],
        ['3.0.0-preview4-19216-03'],
        ['3.0.0-preview5-19227-01'],
        ['3.0.0-preview8-28405-07'],
        ['3.0.0-rc1-19456-20'],
        ['3.0.0'],
        ['8.0.0-preview.1.23112.2'],
        ['8.0.0-preview.7.23375.9'],
        ['8.0.0-rc.2.23480.2'],
        ['8.0.0'],
        ['8.0.16'],
      ],
    },
  ])('$name', ({ rungs }) => assertLadder(compare, rungs));
});

describe('what NuGet cannot order', () => {
  const shape = 'it is not N{.N{.N{.N}}}{-labels}{+metadata}';
  it.each([
    ['', 'it is empty'],
    ['  ', 'it is empty'],
    ['1.2.3.4.5', 'it has more than four numbers'],
    ['v1.2.3', shape],
    ['1.2.3beta', shape],
    ['1.2.3-', shape],
    ['1.2.3-a..b', shape],
    ['1.2.3-a_b', shape],
    ['1.2.3+', shape],
    ['1.2.3+a+b', shape],
    ['1..2', shape],
    ['1.', shape],
    ['.1', shape],
    ['1.*', shape],
    ['[1.0,2.0)', shape],
    ['-1', shape],
    ['1.0.0-é', shape],
  ])('%j', (text, reason) => {
    expect(nuget.parse(text)).toEqual({ ok: false, error: { kind: 'malformed-version', text, reason } });
  });

  it('an endless text', () => {
    const reason = 'it is longer than 10000 characters';
    expect(nuget.parse('1'.repeat(10_001))).toMatchObject({ ok: false, error: { reason } });
    expect(nuget.parse('1'.repeat(10_000)).ok).toBe(true);
  });
});

it('is a total order over what real versions turn into by small slips', () => {
  const versions =
    '6.8.9.501 7.0.0.100 13.0.3 4.0.0-alpha7-1 3.3.0.1-release-01-02-13-1 8.0.0-rc.2.23480.2 10.02.0 1.0.0-beta-00001 6.11.7982.26191 9.13.0-ci0000 2.0.0-RC1 1.0.0+sha.5';
  const { broken, compared, signs } = sampleOrder(nuget, { versions: versions.split(' '), triples: 8_000, seed: 13 });
  expect(broken).toEqual([]);
  expect(compared).toBeGreaterThan(2_000);
  expect(signs).toEqual(new Set([-1, 0, 1]));
});

it.each(['1', '.', '1.', '-', 'a-', ' ', '.0'])('refuses a long run of %j in no time', (unit) => {
  const started = performance.now();
  for (const head of ['', '1.2.', '1.2.3.4', '1.2.3-', '1+']) nuget.parse(`${head}${unit.repeat(3_000)}!`);
  expect(performance.now() - started).toBeLessThan(250);
});
