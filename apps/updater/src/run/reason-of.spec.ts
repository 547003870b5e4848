import { expect, it } from 'vitest';
import { reasonOf } from './reason-of.ts';

it.each([
  [new Error('away'), 'away'],
  [new AggregateError([new Error('connect ECONNREFUSED 127.0.0.1:1')]), 'connect ECONNREFUSED 127.0.0.1:1'],
  [new Error(''), 'Error'],
  ['text', 'text'],
  ['', 'unknown error'],
])('%s', (error, reason) => {
  expect(reasonOf(error)).toBe(reason);
});
