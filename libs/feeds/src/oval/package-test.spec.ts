import { describe, expect, it } from 'vitest';
import type { OvalEntity, OvalTest } from './oval-test.ts';
import { archesOf, packageMeaning } from './package-test.ts';

const TEST: OvalTest = {
  id: 't:1',
  kind: 'rpminfo',
  comment: '',
  check: 'at least one',
  checkExistence: 'at_least_one_exists',
  names: ['p'],
  object: [],
  state: [],
};
const entity = (name: string, operation: string, value: string): OvalEntity => ({ name, operation, value });
const evr = (operation: string, value = '0:1-2') => entity('evr', operation, value);

describe('what a state says of a package', () => {
  it.each([
    ['nothing: it is there', [], 'affected', 'not-fixed', {}],
    ['older than', [evr('less than')], 'affected', 'fixed', { fixed: '0:1-2' }],
    ['not newer than', [evr('less than or equal')], 'affected', 'unknown', { lastAffected: '0:1-2' }],
    ['exactly', [evr('equals')], 'affected', 'unknown', { introduced: '0:1-2', lastAffected: '0:1-2' }],
    ['every version', [evr('greater than', '0:0-0')], 'affected', 'not-fixed', {}],
    ['newer than', [evr('greater than')], 'affected', 'not-fixed', { introduced: '0:1-2' }],
    ['not older than', [evr('greater than or equal')], 'affected', 'not-fixed', { introduced: '0:1-2' }],
    ['no version', [entity('version', 'equals', '0')], 'not-affected', 'unknown', {}],
    [
      'a signed one',
      [evr('less than'), entity('signature_keyid', 'equals', '01')],
      'affected',
      'fixed',
      { fixed: '0:1-2' },
    ],
  ] as const)('%s', (_name, state, status, fixState, range) => {
    const packages = [{ package: 'p', status, fixState, range }];
    expect(packageMeaning({ ...TEST, state })).toEqual({ kind: 'packages', packages });
    expect(packageMeaning({ ...TEST, state, check: 'all' })).toEqual({ kind: 'packages', packages });
    expect(packageMeaning({ ...TEST, state: [...state, entity('arch', 'pattern match', '(a|b)')] })).toEqual({
      kind: 'packages',
      packages,
      arches: ['a', 'b'],
    });
  });

  it('a signature alone holds for every package', () => {
    expect(packageMeaning({ ...TEST, state: [entity('signature_keyid', 'equals', '01')] })).toEqual({ kind: 'always' });
  });
});

describe('unreadable is', () => {
  it.each([
    ['another operation', { state: [evr('pattern match')] }],
    ['an operation that is none', { state: [evr('6')] }],
    ['an empty version', { state: [evr('less than', '')] }],
    ['another version than 0', { state: [entity('version', 'equals', '1')] }],
    ['two conditions', { state: [evr('less than'), entity('release', 'equals', '1')] }],
    ['an architecture by exclusion', { state: [evr('less than'), entity('arch', 'not equal', 'a')] }],
    ['an architecture by a wider pattern', { state: [evr('less than'), entity('arch', 'pattern match', 'i.86')] }],
    ['none of them', { state: [evr('less than')], check: 'none satisfy' }],
    ['not there', { checkExistence: 'none_exist' }],
    ['nameless', { names: [] }],
    ['another kind', { kind: 'family' }],
  ])('%s', (_name, change) => {
    expect(packageMeaning({ ...TEST, ...change })).toEqual({ kind: 'unreadable', reason: expect.stringMatching(/./) });
  });
});

it.each([
  ['x86_64', ['x86_64']],
  ['aarch64|x86_64', ['aarch64', 'x86_64']],
  ['(aarch64|x86_64)', ['aarch64', 'x86_64']],
  ['^i686$', ['i686']],
  ['', undefined],
  ['.*', undefined],
])('the architectures of %j', (value, expected) => {
  expect(archesOf(entity('arch', 'pattern match', value))).toEqual(expected);
});
