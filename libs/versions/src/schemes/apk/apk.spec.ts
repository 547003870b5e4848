import { assertLadder } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { compareVersions } from '../../registry.ts';
import { apk } from './index.ts';

const compare = (a: string, b: string): number => {
  const order = compareVersions('apk', a, b);
  if (!order.ok) throw new Error(JSON.stringify(order.error));
  return order.value;
};

describe('the order of apk-tools', () => {
  it.each([
    {
      name: 'suffixes around the plain version',
      rungs: [
        ['1.0_alpha'],
        ['1.0_alpha0'],
        ['1.0_alpha2', '1.0_alpha02'],
        ['1.0_alpha10'],
        ['1.0_beta'],
        ['1.0_pre20191002222144'],
        ['1.0_pre20210530193627'],
        ['1.0_rc1'],
        ['1.0'],
        ['1.0-r0', '1.0-r00'],
        ['1.0-r2'],
        ['1.0-r10'],
        ['1.0_cvs1'],
        ['1.0_svn1'],
        ['1.0_git1'],
        ['1.0_hg1'],
        ['1.0_p'],
        ['1.0_p1'],
        ['1.0_p9-r3'],
        ['1.0_p10-r0'],
        ['1.0a'],
        ['1.0b-r0'],
        ['1.0.0'],
        ['1.1'],
      ],
    },
    {
      name: 'several suffixes',
      rungs: [['1_alpha_pre2'], ['1_alpha'], ['1_alpha1_pre2'], ['1_alpha1'], ['1_alpha_p1']],
    },
    {
      name: 'a leading zero after the first component makes it a fraction, and only there',
      rungs: [
        ['1.00'],
        ['1.001'],
        ['1.01'],
        ['1.06'],
        ['1.1'],
        ['1.2'],
        ['1.10'],
        ['006', '6'],
        ['6.0'],
        ['6.0.1'],
        ['8.2.0'],
        ['8.2.001'],
        ['8.2.1'],
      ],
    },
    {
      name: 'numbers of any length',
      rungs: [['1.9'], ['1.18446744073709551615'], ['1.18446744073709551616'], ['1.99999999999999999999']],
    },
    {
      name: 'a commit hash',
      rungs: [['1.0'], ['1.0-r5'], ['1.0~1234'], ['1.0~1234-r1'], ['1.0~12345'], ['1.0~2'], ['1.0_p1']],
    },
    {
      name: 'digits after the letter, as apk-tools 2 took them',
      rungs: [
        ['6.6.4'],
        ['6.6.4_p1'],
        ['6.6.4p'],
        ['6.6.4p1', '6.6.4p01'],
        ['6.6.4p1-r0'],
        ['6.6.4p2-r0'],
        ['6.6.4p10'],
        ['6.7.1p1'],
      ],
    },
  ])('$name', ({ rungs }) => assertLadder(compare, rungs));
});

describe('what apk-tools refuses', () => {
  it.each([
    'a',
    '_pre1',
    '-r1',
    '0.1_-r0',
    '0.1-r2_pre1',
    '0.1-r',
    '0.1bc1',
    '0.1-1',
    '0..1',
    '1.',
    '.1',
    '1.0A',
    '1.0_foo',
    '1.0_',
    '1.0~',
    '1.0~xyz',
    '1.0~1~2',
    '1.0-r1-r2',
    '1:1.0',
    ' 1.0',
    '1.0\n',
    '1.0a.1',
  ])('%j', (text) => {
    const reason = 'it is not N{.N}{letter}{_suffix{N}}{~hash}{-rN}';
    expect(apk.parse(text)).toEqual({ ok: false, error: { kind: 'malformed-version', text, reason } });
  });

  it('an empty and an endless text', () => {
    expect(apk.parse('')).toMatchObject({ ok: false, error: { reason: 'it is empty' } });
    expect(apk.parse(`1${'.1'.repeat(5_000)}`)).toMatchObject({
      ok: false,
      error: { reason: 'it is longer than 10000 characters' },
    });
    expect(apk.parse(`1${'.1'.repeat(4_999)}`)).toMatchObject({ ok: true });
  });
});

it('splits a version into its tokens', () => {
  const parsed = apk.parse('1.02p3_git20_p~ab1-r4');
  expect(parsed.ok && parsed.value.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
    'initial 1',
    'digits 02',
    'letter p',
    'letter-number 3',
    'suffix git',
    'suffix-number 20',
    'suffix p',
    'hash ab1',
    'revision 4',
    'end ',
  ]);
});
