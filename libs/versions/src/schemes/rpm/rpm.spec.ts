import { assertLadder } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { compareVersions } from '../../registry.ts';
import { rpm } from './index.ts';

const compare = (a: string, b: string): number => {
  const order = compareVersions('rpm', a, b);
  if (!order.ok) throw new Error(JSON.stringify(order.error));
  return order.value;
};

describe('the order of rpm', () => {
  it.each([
    {
      name: 'the tilde, the end, the caret, words, numbers',
      rungs: [
        ['1~~'],
        ['1~~a'],
        ['1~'],
        ['1~^'],
        ['1~a'],
        ['1~1'],
        ['1', '0:1', ':1', '00:01', '1.', '1_', '1é', '1.é+'],
        ['1^~'],
        ['1^'],
        ['1^^'],
        ['1^a'],
        ['1^1'],
        ['1A', '1.A', '1+A'],
        ['1Z'],
        ['1a', '1.a', '1é.a'],
        ['1aa'],
        ['1z'],
        ['1.0', '1..0', '1.00', '1_0'],
        ['1.0a'],
        ['1.1', '1.01', '1.0001'],
        ['1.10'],
      ],
    },
    {
      name: 'numbers of any length',
      rungs: [
        ['1.9'],
        ['1.10a', '1.0000000000000000000000000000010a'],
        ['1.99999999999999999999'],
        ['1.100000000000000000000'],
        ['1.100000000000000000001'],
      ],
    },
    {
      name: 'a word before a number, from the first segment on',
      rungs: [['+', '+_', '_'], ['a'], ['a1'], ['xyz.4'], ['2'], ['8']],
    },
    {
      name: 'the epoch first; digits only',
      rungs: [['a:9'], ['999'], ['1:0~'], ['1:0', '01:0'], ['2:0.1'], ['10:0'], ['4294967295:0'], ['99999999999:0']],
    },
    {
      name: 'the release last; none is older than any',
      rungs: [
        ['1.0'],
        ['1.0-~'],
        ['1.0-', '1.0-.'],
        ['1.0-a'],
        ['1.0-0', '1.0-0.'],
        ['1.0-1~rc'],
        ['1.0-1'],
        ['1.0-1.el7'],
        ['1.0-1.1'],
        ['1.0-10'],
      ],
    },
    { name: 'the release after the last hyphen', rungs: [['1-el7'], ['1-3'], ['1-1-1'], ['1-1-2'], ['1-2-1']] },
    {
      name: 'a kernel over its life',
      rungs: [
        ['5.14.0-70.13.1.el9_0'],
        ['5.14.0-162.6.1.el9_1'],
        ['5.14.0-162.22.2.el9_1'],
        ['5.14.0-284.11.1.el9_2'],
        ['5.14.0-284.11.1.rt14.296.el9_2'],
        ['5.14.0-284.30.1.el9_2'],
        ['5.14.0-427.13.1.el9_4'],
      ],
    },
    {
      name: 'streams and modules',
      rungs: [
        ['8.3.1-5.el8.5', '0:8.3.1-5.el8.5'],
        ['8.3.1-5.el8.40', '8.3.1-5.el8_40'],
        ['8.3.1-5.module+el8'],
        ['8.3.1-5.module+el8.6.0+1+abc'],
        ['8.3.1-5.1'],
        ['2:8.3.1-5.el8.5'],
      ],
    },
  ])('$name', ({ rungs }) => assertLadder(compare, rungs));
});

describe('what no package of rpm can be called', () => {
  const character = 'it holds a character that no version of rpm may have';
  const version = 'the version, between epoch and release, is empty';
  it.each([
    ['', 'it is empty'],
    [' ', 'it holds a space'],
    ['1.0 ', 'it holds a space'],
    ['0: 1.57.0-1.cm2', 'it holds a space'],
    ['1\n', 'it holds a space'],
    ['1\u00a0', 'it holds a space'],
    ['1\0', character],
    ['1\u200b', character],
    ['1\ud800', character],
    ['(none):1.2-3', character],
    ['<unfixed>', character],
    ['0:1.17.13-2,1.18.8-2', character],
    ['*', character],
    ['%{version}', character],
    [':', version],
    ['1:', version],
    ['-1', version],
    ['1:-1', version],
  ])('%j', (text, reason) => {
    expect(rpm.parse(text)).toEqual({ ok: false, error: { kind: 'malformed-version', text, reason } });
  });

  it('an endless text', () => {
    const reason = 'it is longer than 10000 characters';
    expect(rpm.parse('1'.repeat(10_001))).toMatchObject({ ok: false, error: { reason } });
    expect(rpm.parse('1'.repeat(10_000)).ok).toBe(true);
  });
});

it('splits a version into its segments', () => {
  expect(rpm.parse('02:1.0~rc1^git_3-4.el9')).toEqual({
    ok: true,
    value: {
      epoch: '02',
      version: ['1', '0', '~', 'rc', '1', '^', 'git', '3'],
      release: ['4', 'el', '9'],
    },
  });
  expect(rpm.parse('a:1')).toEqual({ ok: true, value: { epoch: '', version: ['a', '1'], release: undefined } });
  expect(rpm.parse('1-')).toEqual({ ok: true, value: { epoch: '', version: ['1'], release: [] } });
});
