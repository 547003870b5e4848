import { describe, expect, it } from 'vitest';
import { listedVersions } from './listed-versions.ts';
import { type OsvEvent, osvIntervals, readOsvRange } from './osv-range.ts';

/** `i` introduced, `f` fixed, `l` last affected, `L` limit: `i0 f1.2`. */
function events(text: string): OsvEvent[] {
  const kinds = { i: 'introduced', f: 'fixed', l: 'last_affected', L: 'limit' } as const;
  return text.split(' ').map((each) => {
    const kind = Object.entries(kinds).find(([letter]) => letter === each[0])?.[1];
    if (kind === undefined) throw new Error(each);
    return { kind, version: each.slice(1) };
  });
}

describe('intervals', () => {
  it.each([
    ['i0 f1.2', [{ range: { fixed: '1.2' }, end: 'fixed' }]],
    ['i1.0 f1.2', [{ range: { introduced: '1.0', fixed: '1.2' }, end: 'fixed' }]],
    ['i0', [{ range: {}, end: 'open' }]],
    ['i1.0', [{ range: { introduced: '1.0' }, end: 'open' }]],
    ['i0 l1.2', [{ range: { lastAffected: '1.2' }, end: 'last-affected' }]],
    [
      'i0 f1.2 i2.0 f2.1 i3.0',
      [
        { range: { fixed: '1.2' }, end: 'fixed' },
        { range: { introduced: '2.0', fixed: '2.1' }, end: 'fixed' },
        { range: { introduced: '3.0' }, end: 'open' },
      ],
    ],
    // Written in another order.
    [
      'i2.0 i0 f2.10 f1.9',
      [
        { range: { fixed: '1.9' }, end: 'fixed' },
        { range: { introduced: '2.0', fixed: '2.10' }, end: 'fixed' },
      ],
    ],
    // A second fix, or a second introduction, changes nothing.
    ['i0 f1.2 f1.9', [{ range: { fixed: '1.2' }, end: 'fixed' }]],
    ['i0 i1.1 f1.9', [{ range: { fixed: '1.9' }, end: 'fixed' }]],
    ['i0 L2.0', [{ range: { fixed: '2.0' }, end: 'limit' }]],
    ['i0 L*', [{ range: {}, end: 'open' }]],
    ['i0 L1.0 L2.0', [{ range: { fixed: '2.0' }, end: 'limit' }]],
    ['i0 f1.0 L2.0 i3.0', [{ range: { fixed: '1.0' }, end: 'fixed' }]],
  ])('%s', (text, expected) => {
    expect(osvIntervals(events(text), 'rpm')).toEqual({ ok: true, value: expected });
  });

  it('are taken as written when a version does not parse, and in a scheme that nobody knows', () => {
    const expected = {
      ok: true,
      value: [
        { range: { introduced: '2', fixed: '?' }, end: 'fixed' },
        { range: { introduced: '1' }, end: 'open' },
      ],
    };
    expect(osvIntervals(events('i2 f? i1'), 'apk')).toEqual(expected);
    expect(osvIntervals(events('i2 f? i1'), 'no-such-scheme')).toEqual(expected);
  });

  it('cannot be told without a beginning', () => {
    expect(osvIntervals(events('f1.2'), 'rpm').ok).toBe(false);
  });
});

it.each([
  null,
  {},
  { type: 'ECOSYSTEM' },
  { type: 'ECOSYSTEM', events: [] },
  { type: 'CALENDAR', events: [{ introduced: '0' }] },
  { type: 'SEMVER', events: [{}] },
  { type: 'SEMVER', events: [null] },
  { type: 'SEMVER', events: [{ introduced: 0 }] },
  { type: 'SEMVER', events: [{ introduced: '' }] },
  { type: 'SEMVER', events: [{ introduced: '0', fixed: '1' }] },
  { type: 'SEMVER', events: [{ introduced: '1'.repeat(501) }] },
])('%j is no range', (value) => {
  expect(readOsvRange(value).ok).toBe(false);
});

describe('listed versions', () => {
  it('that the ranges hold are no rows of their own', () => {
    const intervals = [{ fixed: '1.2' }, { introduced: '2.0', lastAffected: '2.1' }];
    const listed = listedVersions(['1.1', '1.2', '2.0', '2.1', '2.2'], intervals, 'rpm');
    expect(listed).toEqual({
      ranges: [
        { introduced: '1.2', lastAffected: '1.2' },
        { introduced: '2.2', lastAffected: '2.2' },
      ],
      unreadable: [],
    });
  });

  it('that do not parse are named', () => {
    expect(listedVersions(['1.1', '1 1'], [], 'apk')).toEqual({
      ranges: [{ introduced: '1.1', lastAffected: '1.1' }],
      unreadable: ['1 1'],
    });
  });

  it('stand for themselves where nobody knows the scheme, unless there are ranges', () => {
    expect(listedVersions(['1'], [], 'none').ranges).toEqual([{ introduced: '1', lastAffected: '1' }]);
    expect(listedVersions(['1'], [{ fixed: '2' }], 'none').ranges).toEqual([]);
  });
});
