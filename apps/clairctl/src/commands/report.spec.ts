import { expect, it } from 'vitest';
import { feedTrouble } from './report.ts';

it('says of a feed that fails a line that fits, unless all of it is wanted', () => {
  const short = { feed: 'debian', error: 'nobody\nlistens' };
  expect(feedTrouble(short, false)).toBe('clairctl: feed debian: nobody listens');
  const long = { feed: 'alpine', error: 'v3.20/main: nobody listens there; '.repeat(40) };
  expect(feedTrouble(long, false)).toMatch(/^clairctl: feed alpine: v3\.20\/main: .{100,} …$/);
  expect(feedTrouble(long, false).length).toBeLessThanOrEqual(160);
  expect(feedTrouble(long, true)).toBe(`clairctl: feed alpine: ${long.error}`);
});
