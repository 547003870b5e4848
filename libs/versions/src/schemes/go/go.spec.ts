import { assertLadder } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { compareVersions } from '../../registry.ts';
import { sampleOrder } from '../../testing/order-laws.ts';
import { go } from './index.ts';

const compare = (a: string, b: string): number => {
  const order = compareVersions('go', a, b);
  if (!order.ok) throw new Error(JSON.stringify(order.error));
  return order.value;
};

describe('the order of Go', () => {
  it.each([
    {
      name: 'modules: pseudo-versions, incompatible majors, pre-releases',
      rungs: [
        ['v0.0.0-0'],
        ['v0.0.0-20170116102854-1ef0e047d5a7', '0.0.0-20170116102854-1ef0e047d5a7'],
        ['v0.0.0-20180116102854-5a71ef0e047d', 'v0.0.0-20180116102854-5a71ef0e047d+dirty'],
        ['v0', '0', '0.0', '0.0.0'],
        ['v0.7.0-alpha-2025-01-28'],
        ['v0.7.0'],
        ['v1.2.3-pre'],
        ['v1.2.3-pre.0.20191109021931-daa7c04131f5'],
        ['v1.2.3', '1.2.3'],
        ['v1.2.4-0.20191109021931-daa7c04131f5'],
        ['v1.2.4-0.20191109021932-0a7c04131f5d'],
        ['v1.2.4-rc.1'],
        ['v1.2.4-rc1'],
        ['v1.2.4'],
        ['v2.0.0-20200101000000-abcdefabcdef+incompatible'],
        ['v3.2.0+incompatible', '3.2.0', 'v3.2', '3.2.0+incompatible+dirty'],
        ['136'],
        ['136.1'],
      ],
    },
    {
      name: 'Go itself, as toolchains and as the vulnerability database write it',
      rungs: [
        ['go1', '1.0.0', 'go1.0'],
        ['go1.9beta2', '1.9.0-beta.2'],
        ['go1.9rc1', '1.9rc1', 'v1.9rc1'],
        ['go1.9', '1.9.0', 'go1.9b4', '1.9', 'go1.9.0'],
        ['go1.9.7', 'go1.9.7b4'],
        ['1.19.4-fips'],
        ['go1.19.4', 'go1.19.4-fips', 'go1.19.4-1.el9', 'go1.19.4+vendor'],
        [
          'go1.20.5',
          'go1.20.5 X:boringcrypto',
          '1.20.5 X:boringcrypto',
          'go1.20.5\tX:a,b',
          'go1.20.5 (Red Hat 1.20.5-1.el9)',
        ],
        [
          'go1.21',
          'devel go1.21-f90b4cd655 Fri May 26 03:21:41 2023 +0000',
          '1.21.0-0',
          'go1.21 X:loopvar',
          'go1.21.0-0',
        ],
        ['go1.21rc2', '1.21rc2', '1.21.0-rc.2', 'go1.21.0-rc.2', 'go1.21rc2-bigcorp', 'go1.21rc2 X:loopvar'],
        ['go1.21rc10', '1.21.0-rc.10'],
        ['go1.21.0', '1.21.0', '1.21', 'go1.21.0-bigcorp', '1.21 X:loopvar'],
        ['go1.21.3', 'v1.21.3'],
        ['go1.99999999999999999999.0'],
        ['go1.100000000000000000000.0'],
      ],
    },
  ])('$name', ({ rungs }) => assertLadder(compare, rungs));
});

describe('what Go cannot order', () => {
  const shape = 'it is neither a version of a module nor one of Go';
  it.each([
    ['', 'it is empty'],
    ['(devel)', 'the module was built from its source tree, which does not say its version'],
    ['devel +a1b2c3d Mon Jan 2 15:04:05 2006', 'a development build of Go that does not say of which version'],
    ['devel', shape],
    ['unknown', shape],
    ['go', shape],
    ['gopher', shape],
    ['go1.21.3rc1', shape],
    ['1.21.3rc1', shape],
    ['go1rc1', shape],
    ['go1.21rc01', shape],
    ['go01.21', shape],
    ['go1.21/../../bin', shape],
    ['go1.21-a\\b', shape],
    ['v1.02.3', shape],
    ['v1.2.3-rc.01', shape],
    ['v1.2.3-', shape],
    ['v1.2.3-a..b', shape],
    ['v1.2-rc1', shape],
    ['1.2.3-foo_bar', shape],
    ['1.2.3+', shape],
    ['1.2.3.4', shape],
    ['V1.2.3', shape],
    [' v1.2.3', shape],
    ['5a71ef0e047d', shape],
  ])('%j', (text, reason) => {
    expect(go.parse(text)).toEqual({ ok: false, error: { kind: 'malformed-version', text, reason } });
  });

  it('an endless text', () => {
    const reason = 'it is longer than 10000 characters';
    expect(go.parse('1'.repeat(10_001))).toMatchObject({ ok: false, error: { reason } });
    expect(go.parse('1'.repeat(10_000)).ok).toBe(true);
  });
});

it('is a total order over what real versions turn into by small slips', () => {
  const versions =
    'v0.0.0-20220907171357-04be3eba64a2|go1.20.5 X:boringcrypto|go1.22rc1|1.27.0-rc.3|11.3.0-rc1+incompatible|go1.21|1.18.0-0|v1.2.4-0.20191109021931-daa7c04131f5|go1.19.4-fips|0.6.7-5|1.30.0-143.0|v2.12.0-RC.1|devel go1.22-abc Mon|go1.9.7b4';
  const { broken, compared, signs } = sampleOrder(go, { versions: versions.split('|'), triples: 10_000, seed: 12 });
  expect(broken).toEqual([]);
  expect(compared).toBeGreaterThan(2_000);
  expect(signs).toEqual(new Set([-1, 0, 1]));
});

it.each(['1', '.', '1.', '-', 'a-', ' ', 'v', '.0', 'rc1', 'b1'])('refuses a long run of %j in no time', (unit) => {
  const started = performance.now();
  for (const head of ['', '1.2.', '1.2.3', '1.2.3-', 'go1.2', 'go1.2.3 ']) go.parse(`${head}${unit.repeat(3_000)}\\`);
  expect(performance.now() - started).toBeLessThan(250);
});
