import { expect, it } from 'vitest';
import { parseChallenges } from './auth-challenge.ts';

it.each([
  [
    'Bearer realm="https://auth.example.com/token",service="registry.example.com",scope="repository:a/b:pull"',
    [
      {
        scheme: 'bearer',
        parameters: {
          realm: 'https://auth.example.com/token',
          service: 'registry.example.com',
          scope: 'repository:a/b:pull',
        },
      },
    ],
  ],
  ['Basic realm="Registry Realm"', [{ scheme: 'basic', parameters: { realm: 'Registry Realm' } }]],
  ['BASIC', [{ scheme: 'basic', parameters: {} }]],
  [
    'Basic realm="a, b=c", Bearer realm="x" , error="invalid_token"',
    [
      { scheme: 'basic', parameters: { realm: 'a, b=c' } },
      { scheme: 'bearer', parameters: { realm: 'x', error: 'invalid_token' } },
    ],
  ],
  ['Bearer realm = bare, q="say \\"x\\""', [{ scheme: 'bearer', parameters: { realm: 'bare', q: 'say "x"' } }]],
  [
    'Negotiate, Basic realm=x',
    [
      { scheme: 'negotiate', parameters: {} },
      { scheme: 'basic', parameters: { realm: 'x' } },
    ],
  ],
  ['', []],
  ['"nonsense', []],
])('%s', (header, challenges) => {
  expect(parseChallenges(header)).toEqual(challenges);
});
