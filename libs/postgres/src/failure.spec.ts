import { Unavailable } from '@clair/model';
import { expect, it } from 'vitest';
import { toFailure } from './failure.ts';

const withCode = (code: string, message = 'm') => Object.assign(new Error(message), { code });

it.each([
  ['a refused connection', withCode('ECONNREFUSED')],
  ['every address refused', new AggregateError([withCode('ECONNREFUSED'), withCode('ECONNREFUSED')])],
  ['a socket that is not there', Object.assign(withCode('ENOENT'), { syscall: 'connect' })],
  ['a shutdown', withCode('57P01')],
  ['too many connections', withCode('53300')],
  ["a pooler's refusal", withCode('08P01')],
  ['a deadlock', withCode('40P01')],
  ['a lost connection', new Error('Connection terminated unexpectedly')],
  ['a pool that has no connection to give', new Error('timeout exceeded when trying to connect')],
])('takes %s for unavailable', (_name, error) => {
  const failure = toFailure(error);
  expect(failure).toBeInstanceOf(Unavailable);
  expect(failure).toHaveProperty('cause', error);
});

it.each([
  ['a unique violation', withCode('23505')],
  ['a syntax error', withCode('42601')],
  ['a wrong password', withCode('28P01')],
  ['a missing file', Object.assign(withCode('ENOENT'), { syscall: 'open' })],
  ['an error of the caller', new TypeError('x is not a function')],
  ['something that is no error', 'text'],
])('leaves %s as it is', (_name, error) => {
  expect(toFailure(error)).toBe(error);
});
