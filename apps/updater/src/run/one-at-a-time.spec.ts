import { expect, it } from 'vitest';
import { OneAtATime } from './one-at-a-time.ts';

it('begins each piece of work when the one before has ended, failed ones included', async () => {
  const turns = new OneAtATime();
  const told: string[] = [];
  const work = (name: string, fails = false) =>
    turns.run(async () => {
      told.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      told.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    });
  const results = await Promise.allSettled([work('a'), work('b', true), work('c')]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(told).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});
