import { assertLadder } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { compareVersions } from '../../registry.ts';
import { dpkg } from './index.ts';

const compare = (a: string, b: string): number => {
  const order = compareVersions('dpkg', a, b);
  if (!order.ok) throw new Error(JSON.stringify(order.error));
  return order.value;
};

describe('the order of dpkg', () => {
  it.each([
    {
      name: 'the tilde, the end, letters, the rest',
      rungs: [
        ['1~~'],
        ['1~~a'],
        ['1~'],
        ['1~a'],
        ['1', '1-0', '0:1', '00:1-00', ' 1\t', '1-000'],
        ['1A'],
        ['1Z'],
        ['1a'],
        ['1z'],
        ['1+'],
        ['1.'],
      ],
    },
    {
      name: 'digits as numbers of any length',
      rungs: [
        ['1.9'],
        ['1.10a', '1.010a', '1.0000000000000000000000000000010a'],
        ['1.10b', '1.010b'],
        ['1.99999999999999999999'],
        ['1.100000000000000000000'],
        ['1.100000000000000000001'],
      ],
    },
    { name: 'the epoch first', rungs: [['999'], ['1:0.1'], ['2:0~'], ['2:0', '2:00'], ['10:0'], ['2147483647:0']] },
    {
      name: 'the revision last',
      rungs: [['1.2-3~bpo1'], ['1.2-3'], ['1.2-3+b1'], ['1.2-3+deb12u1'], ['1.2-3.1'], ['1.2-10'], ['1.2.0-1']],
    },
    { name: 'the revision after the last hyphen', rungs: [['1-2-1'], ['1-2-3'], ['1-2a-1'], ['1-10-0']] },
    {
      name: 'binary rebuilds and backports',
      rungs: [['2.36-9+deb12u1~bpo11+1'], ['2.36-9+deb12u1'], ['2.36-9+deb12u4'], ['2.36-9+deb12u10'], ['2.36-10']],
    },
  ])('$name', ({ rungs }) => assertLadder(compare, rungs));
});

describe('what dpkg refuses', () => {
  it.each([
    ['', 'it is empty'],
    [' \t', 'it is empty'],
    ['1 2', 'it holds a space'],
    ['1\n2', 'it holds a space'],
    [':1', 'the epoch, before the colon, is not a number'],
    ['a:1', 'the epoch, before the colon, is not a number'],
    ['-1:1', 'the epoch, before the colon, is not a number'],
    ['1-2:3', 'the epoch, before the colon, is not a number'],
    ['2147483648:1', 'the epoch is too large'],
    ['1-', 'the revision, after the last hyphen, is empty'],
    ['1:', 'the upstream version does not start with a digit or holds an invalid character'],
    ['1:-1', 'the upstream version does not start with a digit or holds an invalid character'],
    ['<unfixed>', 'the upstream version does not start with a digit or holds an invalid character'],
    ['v1.2', 'the upstream version does not start with a digit or holds an invalid character'],
    ['1_0', 'the upstream version does not start with a digit or holds an invalid character'],
    ['1é', 'the upstream version does not start with a digit or holds an invalid character'],
    ['1:2-3:4', 'the revision holds an invalid character'],
    ['1-1_2', 'the revision holds an invalid character'],
    ['1'.repeat(10_001), 'it is longer than 10000 characters'],
  ])('%j', (text, reason) => {
    expect(dpkg.parse(text)).toEqual({ ok: false, error: { kind: 'malformed-version', text, reason } });
  });
});

it('splits a version', () => {
  expect(dpkg.parse('2:1.0-rc1:x-3+b1')).toEqual({
    ok: true,
    value: { epoch: 2, upstream: '1.0-rc1:x', revision: '3+b1' },
  });
  expect(dpkg.parse('+1:2')).toEqual({ ok: true, value: { epoch: 1, upstream: '2', revision: '' } });
});
