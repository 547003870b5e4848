import { assertLadder } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { compareVersions } from '../../registry.ts';
import { sampleOrder } from '../../testing/order-laws.ts';
import { maven } from './index.ts';

const compare = (a: string, b: string): number => {
  const order = compareVersions('maven', a, b);
  if (!order.ok) throw new Error(JSON.stringify(order.error));
  return order.value;
};

describe('the order of Maven', () => {
  it.each([
    {
      name: 'the qualifiers that have a place, other words, numbers after a hyphen and after a full stop',
      rungs: [
        ['1-alpha', '1.alpha', '1.0.0-ALPHA', '1alpha', '1.0.alpha'],
        ['1-alpha1', '1a1', '1-alpha-1', '1.0.0.Alpha1', '1.0-a1', '1.A01'],
        ['1-alpha2'],
        ['1-alpha10'],
        ['1-alpha.1'],
        ['1-beta', '1.BETA'],
        ['1-beta-1', '1b1', '1-b1'],
        ['1-milestone', '1-MileStone'],
        ['1-milestone-3', '1m3', '1.0-M3'],
        ['1-rc', '1-CR', '1.0.0.cr'],
        ['1-rc1-SNAPSHOT'],
        ['1-rc1', '1.0.CR1', '1cr1', '1.0.0-RC-1'],
        ['1-SNAPSHOT', '1.0-snapshot', '1.0.0.SNAPSHOT'],
        ['1', '1.0', '1.0.0', '1.', '1-', '1.0-0', '1-ga', '1.0.Final', '1.0.0.RELEASE', '1-0.0-ga', '01', '1--'],
        ['1-sp', '1.0.SP'],
        ['1-sp1', '1-sp-1'],
        ['1-a', '1.a', '1-A', '1-a-0'],
        ['1-b'],
        ['1-foo', '1.foo', '1.0.0-FOO'],
        ['1-foo2', '1foo2'],
        ['1-foo10'],
        ['1-foo.1'],
        ['1-jre'],
        ['1-xyz'],
        ['1-z_1'],
        ['1-é'],
        ['1-0.1'],
        ['1-1', '1-01', '1-ga-1', '1-0-1', '1.0-1.0', '1--1'],
        ['1-1-foo', '1-1foo'],
        ['1-1.1'],
        ['1-2'],
        ['1.0.1-alpha'],
        ['1.0.1', '1.0.01.0'],
        ['1.1'],
        ['1.10'],
      ],
    },
    {
      name: 'the splitting that the specification shows',
      rungs: [['1-1.foo-bar-1-baz-0.1', '1-1.foo-bar1baz-.1']],
    },
    {
      name: 'what is left out before a hyphen',
      rungs: [['2-foo', '2.0.0-foo.0.0', '2.0-0-foo'], ['2-foo-1', '2.0-foo-0-1'], ['2-1'], ['2.0.1-foo']],
    },
    {
      name: 'the release itself in the middle is the end',
      rungs: [['3-rc.1'], ['3', '3-ga.0'], ['3-ga.1', '3.final.1'], ['3-sp.1'], ['3-1']],
    },
    {
      name: 'numbers of any length, and texts that do not start with one',
      rungs: [
        ['alpha'],
        ['RC1'],
        ['0', 'final', '0.0', '-', '.', '0-0'],
        ['r08'],
        ['r09'],
        ['v-1', 'v1'],
        ['-1', '0-1'],
        ['0.1-SNAPSHOT'],
        ['0.1', '.1'],
        ['20190126.230843'],
        ['1234567890.12345'],
        ['123456789012345.1H.5-beta'],
        ['99999999999999999999'],
        ['100000000000000000000'],
      ],
    },
    {
      name: 'a framework over its life',
      rungs: [
        ['1.0-m4'],
        ['2.0-rc1'],
        ['2.0.8', '2.0.8.RELEASE', '2.0.8-FINAL'],
        ['3.0.0.M1'],
        ['3.0.0.RC3'],
        ['3.0.0.RELEASE'],
        ['4.1.0.Beta1'],
        ['4.1.0.CR7'],
        ['4.1.0.Final'],
        ['4.1.0.Final-redhat-2'],
        ['4.1.0.Final-redhat-00010'],
        ['5.3.17'],
        ['5.3.18'],
        ['12.10.2'],
        ['12.10.2.jre8'],
        ['12.10.2.jre11'],
        ['31.1-android'],
        ['31.1-jre'],
        ['2021.0.3'],
      ],
    },
  ])('$name', ({ rungs }) => assertLadder(compare, rungs));
});

describe('what no artefact of Maven can be called', () => {
  const character = 'it holds a character that no version of Maven may have';
  const property = 'it holds a property that nobody has filled in';
  it.each([
    ['', 'it is empty'],
    [`\${project.version}`, property],
    [`1.0-\${revision}`, property],
    [' ', character],
    ['1.0 ', character],
    ['1.0\n', character],
    ['1.4 1855 April 22 2006', character],
    ['1.0/2', character],
    ['1:0', character],
    ['>1', character],
    ['<unknown>', character],
    ['1.*', character],
    ['1|2', character],
    ['1?', character],
    ['1\0', character],
    ['1\u200b', character],
    ['1\ud800', character],
  ])('%j', (text, reason) => {
    expect(maven.parse(text)).toEqual({ ok: false, error: { kind: 'malformed-version', text, reason } });
  });

  it('an endless text', () => {
    const reason = 'it is longer than 10000 characters';
    expect(maven.parse('1'.repeat(10_001))).toMatchObject({ ok: false, error: { reason } });
    expect(maven.parse('1'.repeat(10_000)).ok).toBe(true);
  });
});

it('splits a version into its tokens', () => {
  expect(maven.parse('1.0.0-CR2.Final.jre-SNAPSHOT')).toEqual({
    ok: true,
    value: {
      tokens: [
        { text: '1', isHyphened: false },
        { text: 'rc', isHyphened: true },
        { text: '2', isHyphened: true },
        { text: 'jre', isHyphened: false },
        { text: 'snapshot', isHyphened: true },
      ],
    },
  });
});

it('is a total order over what real versions turn into by small slips', () => {
  const versions =
    '4.1.0.Final 5.3.18.RELEASE 2.0-rc1 1.0-alpha-1 3.0.0-M4 12.10.2.jre11 31.1-android 2.9.0.pr1 1.0-beta-9.1 9.4.12.v20180830 4.1.0.Final-redhat-00010 1.0.sp.1 2.0.1-SNAPSHOT r09 1-0.1 1.0.alpha.1 1-ga-1';
  const { broken, compared, signs } = sampleOrder(maven, { versions: versions.split(' '), triples: 8_000, seed: 29 });
  expect(broken).toEqual([]);
  expect(compared).toBeGreaterThan(5_000);
  expect(signs).toEqual(new Set([-1, 0, 1]));
});

it.each(['1', '.', '1.', '.0', '-', '-0', 'a', '1a', '0-', 'ga.', '_', '.1-0'])(
  'is done with a long run of %j in no time',
  (unit) => {
    const started = performance.now();
    for (const head of ['', '1', '1.', '1-a'])
      for (const tail of ['', '!', 'a', '.1']) maven.parse(`${head}${unit.repeat(9_990 / unit.length)}${tail}`);
    expect(performance.now() - started).toBeLessThan(250);
  },
);
