import { describe, expect, it } from 'vitest';
import { decisiveAfter, followAfterDelta, followAfterWhole } from './change-log.ts';

const ms = (text: string) => Date.parse(text);
const NONE: ReadonlySet<string> = new Set();
const STARTED = ms('2024-06-10T12:00:00Z');

describe('after an archive', () => {
  it.each([
    ['a day before it was published', '2024-06-10T02:00:00Z', '2024-06-10T11:00:00Z', '2024-06-09T02:00:00.000Z'],
    [
      'the newest change, when that is longer ago',
      '2024-06-10T02:00:00Z',
      '2024-06-01T00:00:00Z',
      '2024-06-01T00:00:00.000Z',
    ],
    ['two days ago, when it has no date', '', '2024-06-10T11:00:00Z', '2024-06-08T12:00:00.000Z'],
    ['the same, when nothing is known of the log', '', '', '2024-06-08T12:00:00.000Z'],
    ['no later than now, when it is from the future', '2030-01-01T00:00:00Z', '', '2024-06-09T12:00:00.000Z'],
  ])('changes are asked for from %s', (_, publishedAt, newest, since) => {
    const changes =
      newest === ''
        ? []
        : [
            { key: 'a', at: '2020-01-01T00:00:00Z' },
            { key: 'b', at: newest },
          ];
    expect(followAfterWhole({ publishedAt, changes, startedMs: STARTED }).since).toBe(since);
  });

  it('what changed before it was begun is not asked for: the archive has it, or it is gone', () => {
    const changes = [
      { key: 'a', at: '2024-06-01T00:00:00Z' },
      { key: 'b', at: '2024-06-08T00:00:00Z' },
      { key: 'c', at: '2024-06-08T00:00:00Z' },
    ];
    expect(followAfterWhole({ publishedAt: '2024-06-10T02:00:00Z', changes, startedMs: STARTED })).toEqual({
      since: '2024-06-08T00:00:00.000Z',
      taken: new Map([
        ['b', '2024-06-08T00:00:00Z'],
        ['c', '2024-06-08T00:00:00Z'],
      ]),
    });
    // Published on the same day as the change, it may have been begun before.
    expect(followAfterWhole({ publishedAt: '2024-06-08T20:00:00Z', changes, startedMs: STARTED })).toEqual({
      since: '2024-06-07T20:00:00.000Z',
      taken: new Map(),
    });
  });
});

describe('after a delta', () => {
  const before = { since: '2024-06-10T00:00:00.000Z', taken: new Map() };
  const change = (key: string, at: string) => ({ key, at: `2024-06-10T${at}Z` });
  const changes = [change('a', '01:00:00'), change('b', '05:30:00'), change('c', '06:00:00')];

  it('the log was followed up to an hour before its newest, and what is later is remembered', () => {
    expect(followAfterDelta({ before, changes, left: NONE, later: NONE, startedMs: STARTED })).toEqual({
      since: '2024-06-10T05:00:00.000Z',
      taken: new Map([
        ['b', '2024-06-10T05:30:00Z'],
        ['c', '2024-06-10T06:00:00Z'],
      ]),
    });
  });

  it('what is left is not passed, and what was taken after it is remembered', () => {
    expect(followAfterDelta({ before, changes, left: new Set(['a']), later: NONE, startedMs: STARTED })).toEqual({
      since: '2024-06-10T01:00:00.000Z',
      taken: new Map([
        ['b', '2024-06-10T05:30:00Z'],
        ['c', '2024-06-10T06:00:00Z'],
      ]),
    });
  });

  it('a time in the future does not pass what comes before it', () => {
    const future = [...changes, { key: 'd', at: '2099-01-01T00:00:00Z' }];
    const followed = followAfterDelta({ before, changes: future, left: NONE, later: NONE, startedMs: STARTED });
    expect(followed.since).toBe('2024-06-10T11:00:00.000Z');
    expect([...followed.taken.keys()]).toEqual(['d']);
  });

  it('never goes back', () => {
    const late = { since: '2024-06-10T05:59:00.000Z', taken: new Map() };
    const followed = followAfterDelta({
      before: late,
      changes: changes.slice(2),
      left: NONE,
      later: NONE,
      startedMs: STARTED,
    });
    expect(followed.since).toBe('2024-06-10T05:59:00.000Z');
  });

  it('what was too much for the run is not passed', () => {
    const followed = followAfterDelta({ before, changes, left: NONE, later: new Set(['a']), startedMs: STARTED });
    expect(followed.since).toBe('2024-06-10T01:00:00.000Z');
    expect([...followed.taken.keys()]).toEqual(['b', 'c']);
  });

  describe('in which one document is left', () => {
    const gone = { key: 'gone', at: '2024-06-01T00:00:00Z' };
    const old = { since: '2024-06-01T00:00:00.000Z', taken: new Map() };
    const following = (count: number) =>
      Array.from({ length: count }, (_, i) => ({
        key: `k${i}`,
        at: new Date(ms('2024-06-01T00:00:01Z') + i * 10_000).toISOString(),
      }));
    const after = (count: number, extra: { left?: string[]; later?: string[] } = {}) =>
      followAfterDelta({
        before: old,
        changes: [gone, ...following(count)],
        left: new Set(['gone', ...(extra.left ?? [])]),
        later: new Set(extra.later),
        startedMs: STARTED,
      });

    it('as many changes are remembered as one can, and no more', () => {
      expect(after(50_000)).toMatchObject({ since: old.since, taken: { size: 50_000 } });
      const passed = after(50_001);
      expect(Date.parse(passed.since)).toBe(ms('2024-06-01T00:00:01Z') + 50_000 * 10_000 - 3_600_000);
      expect(passed.taken.size).toBe(361);
    });

    it('one that is left later, or was too much for the run, is not passed with it', () => {
      const at = new Date(ms('2024-06-01T00:00:01Z') + 30_000 * 10_000).toISOString();
      expect(after(50_002, { left: ['k30000'] })).toMatchObject({ since: at, taken: { size: 20_001 } });
      expect(after(50_002, { later: ['k30000'] })).toMatchObject({ since: at, taken: { size: 20_001 } });
    });
  });
});

describe('a document that cannot be had', () => {
  const changes = [
    { key: 'a', at: '2024-06-08T11:00:00Z' },
    { key: 'b', at: '2024-06-08T11:30:00Z' },
    { key: 'c', at: '2024-06-10T11:00:00Z' },
  ];

  it.each([
    ['is waited for two days', ['c'], undefined],
    ['is then decided about by an archive that was begun after it changed', ['b', 'c'], '2024-06-09T11:30:00.000Z'],
    ['is the first of those that are left', ['a', 'b'], '2024-06-09T11:00:00.000Z'],
    ['does not matter when there is none', [], undefined],
  ])('%s', (_, left, newerThan) => {
    expect(decisiveAfter(changes, new Set(left), STARTED)).toBe(newerThan);
  });
});
