import { describe, expect, it } from 'vitest';
import { followAfterDelta, followAfterWhole } from './change-log.ts';

const ms = (text: string) => Date.parse(text);
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
    const newestChangeMs = newest === '' ? undefined : ms(newest);
    expect(followAfterWhole({ publishedAt, newestChangeMs, startedMs: STARTED })).toEqual({ since, taken: new Map() });
  });
});

describe('after a delta', () => {
  const before = { since: '2024-06-10T00:00:00.000Z', taken: new Map() };
  const change = (key: string, at: string) => ({ key, at: `2024-06-10T${at}Z` });
  const changes = [change('a', '01:00:00'), change('b', '05:30:00'), change('c', '06:00:00')];

  it('the log was followed up to an hour before its newest, and what is later is remembered', () => {
    expect(followAfterDelta({ before, changes, left: new Set(), startedMs: STARTED })).toEqual({
      since: '2024-06-10T05:00:00.000Z',
      taken: new Map([
        ['b', '2024-06-10T05:30:00Z'],
        ['c', '2024-06-10T06:00:00Z'],
      ]),
    });
  });

  it('what is left is not passed, and what was taken after it is remembered', () => {
    expect(followAfterDelta({ before, changes, left: new Set(['a']), startedMs: STARTED })).toEqual({
      since: '2024-06-10T01:00:00.000Z',
      taken: new Map([
        ['b', '2024-06-10T05:30:00Z'],
        ['c', '2024-06-10T06:00:00Z'],
      ]),
    });
  });

  it('a time in the future does not pass what comes before it', () => {
    const future = [...changes, { key: 'd', at: '2099-01-01T00:00:00Z' }];
    const followed = followAfterDelta({ before, changes: future, left: new Set(), startedMs: STARTED });
    expect(followed.since).toBe('2024-06-10T11:00:00.000Z');
    expect([...followed.taken.keys()]).toEqual(['d']);
  });

  it('never goes back', () => {
    const late = { since: '2024-06-10T05:59:00.000Z', taken: new Map() };
    const followed = followAfterDelta({ before: late, changes: changes.slice(2), left: new Set(), startedMs: STARTED });
    expect(followed.since).toBe('2024-06-10T05:59:00.000Z');
  });
});
