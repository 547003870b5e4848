import { assertLadder } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { compareVersions } from '../../registry.ts';
import { sampleOrder } from '../../testing/order-laws.ts';
import { pep440 } from './index.ts';

const compare = (a: string, b: string): number => {
  const order = compareVersions('pep440', a, b);
  if (!order.ok) throw new Error(JSON.stringify(order.error));
  return order.value;
};

describe('the order of PEP 440', () => {
  it.each([
    {
      name: 'everything a release can have around it',
      rungs: [
        ['1.dev0', '1.0.dev', '1-DEV', '1_dev-0'],
        ['1.0.dev456'],
        ['1.0a1.dev1'],
        ['1.0a1', '1alpha1', '1.0.0-Alpha_1', '1.0A.01'],
        ['1.0a1.post1.dev2'],
        ['1.0a1.post1'],
        ['1.0a2.dev456'],
        ['1.0a12.dev456'],
        ['1.0a12'],
        ['1.0b1.dev456'],
        ['1.0b2', '1.0-beta.2'],
        ['1.0b2.post345.dev456'],
        ['1.0b2.post345'],
        ['1.0rc1.dev456'],
        ['1.0rc1', '1.0c1', '1.0pre1', '1.0-preview-1', 'v1.0RC1'],
        ['1.0', '1', '1.0.0', 'v1.0', 'V1', ' 1.0 ', '0!1', '00!01.00'],
        ['1.0+abc.5'],
        ['1.0+abc.7'],
        ['1.0+5'],
        ['1.0.post0.dev0'],
        ['1.0.post456.dev34'],
        ['1.0.post456', '1.0-456', '1.0rev456', '1.0-r.456', '1post456'],
        ['1.0.15'],
        ['1.1.dev1'],
        ['1.10'],
      ],
    },
    {
      name: 'an absent number is 0; a post-release without one and the one by a hyphen',
      rungs: [
        ['2.0.dev', '2.0.dev0'],
        ['2.0a', '2.0a0', '2.0-alpha-'],
        ['2.0rc.post', '2.0rc0.post0', '2.0c0-0'],
        ['2.0'],
        ['2.0.post', '2.0.post0', '2.0-0', '2.0r'],
        ['2.0-1', '2.0.post1'],
        ['2.0-2'],
      ],
    },
    {
      name: 'local labels: none, then words, then numbers; the longer after',
      rungs: [
        ['3.0'],
        ['3.0+a', '3.0+A'],
        ['3.0+a.a'],
        ['3.0+a.1', '3.0+a-1', '3.0+A_01'],
        ['3.0+ab'],
        ['3.0+cu118'],
        ['3.0+ubuntu.1'],
        ['3.0+1'],
        ['3.0+1.a'],
        ['3.0+1.0'],
        ['3.0+9'],
        ['3.0+10'],
        ['3.0.post1'],
        ['3.0.1'],
      ],
    },
    {
      name: 'epochs and numbers of any length',
      rungs: [
        ['0', '0.0', '0!0'],
        ['2024.1'],
        ['99999999999999999999.1'],
        ['99999999999999999999.99999999999999999999'],
        ['100000000000000000000'],
        ['1!0.dev0'],
        ['1!0'],
        ['1!1.0', '1!1'],
        ['2!0'],
        ['10!0'],
      ],
    },
    {
      name: 'a framework over its life',
      rungs: [
        ['1.11.29'],
        ['2.0a1'],
        ['2.0b1'],
        ['2.0rc1'],
        ['2.0'],
        ['2.0.13'],
        ['2.2'],
        ['2.2.28'],
        ['3.2.25'],
        ['4.2.8+sp1'],
        ['4.2.8+sp999'],
        ['4.2.11'],
      ],
    },
  ])('$name', ({ rungs }) => assertLadder(compare, rungs));
});

describe('what PEP 440 does not know', () => {
  const start = 'it does not start with a release number';
  const rest = 'what follows the release number is no pre-, post- or dev-release or local label of PEP 440';
  it.each([
    ['', 'it is empty'],
    [' \t', 'it is empty'],
    ['trunk', start],
    ['dev', start],
    ['.1', start],
    ['-1', start],
    ['!1', start],
    ['vv1', start],
    ['*', start],
    ['>=1.0', start],
    ['1.0-bulbasaur', rest],
    ['1.', rest],
    ['1..0', rest],
    ['1!', rest],
    ['1!2!3', rest],
    ['1.0-', rest],
    ['1.0p1', rest],
    ['1.0a1b1', rest],
    ['1.0.dev1.post1', rest],
    ['1.0.post1a1', rest],
    ['1.0-1-1', rest],
    ['1.0+', rest],
    ['1.0+a..b', rest],
    ['1.0+a+b', rest],
    ['1.0+é', rest],
    ['1.0.*', rest],
    ['1 .0', rest],
    ['1.0,2.0', rest],
    ['2013-01-23T17:11:52+0100', rest],
    ['0.9.3.5ubuntu2', rest],
  ])('%j', (text, reason) => {
    expect(pep440.parse(text)).toEqual({ ok: false, error: { kind: 'malformed-version', text, reason } });
  });

  it('an endless text', () => {
    const reason = 'it is longer than 10000 characters';
    expect(pep440.parse('1'.repeat(10_001))).toMatchObject({ ok: false, error: { reason } });
    expect(pep440.parse('1'.repeat(10_000)).ok).toBe(true);
  });
});

it('splits and normalises a version', () => {
  expect(pep440.parse('V01!1.20.0-ALPHA_3.post.dev4+Ubuntu-01')).toEqual({
    ok: true,
    value: {
      epoch: '01',
      release: ['1', '20'],
      pre: { phase: 'a', number: '3' },
      post: '',
      dev: '4',
      local: ['ubuntu', '01'],
    },
  });
  expect(pep440.parse('0.0-1')).toEqual({
    ok: true,
    value: { epoch: '', release: [], pre: undefined, post: '1', dev: undefined, local: [] },
  });
});

it('is a total order over what real versions turn into by small slips', () => {
  const versions =
    '1.11.29 2.0a1 2.31.0 4.2.8+sp1 2.1.0.post1 22.10.0rc1 2023.7.22 1!2.0 0.9.8.dev20230101 1.0b2.post345.dev456 3.0.0-rc.1 1.0-1 2.0.0+cu118 v0.5 0.0.1a0';
  const { broken, compared, signs } = sampleOrder(pep440, { versions: versions.split(' '), triples: 8_000, seed: 19 });
  expect(broken).toEqual([]);
  expect(compared).toBeGreaterThan(2_000);
  expect(signs).toEqual(new Set([-1, 0, 1]));
});

it.each(['1', '.', '1.', '.0', '-1', '-', 'a', '1a', ' ', '+a', 'a.', '_'])(
  'is done with a long run of %j in no time',
  (unit) => {
    const started = performance.now();
    for (const head of ['', '1', '1.', '1!', '1a', '1-', '1.dev', '1+', '1+a.'])
      for (const tail of ['', '!', 'a']) pep440.parse(`${head}${unit.repeat(9_990 / unit.length)}${tail}`);
    expect(performance.now() - started).toBeLessThan(250);
  },
);
