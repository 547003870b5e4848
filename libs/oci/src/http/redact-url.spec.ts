import { expect, it } from 'vitest';
import { redactUrl } from './redact-url.ts';

it.each([
  ['https://bucket.example.com/a/b?X-Signature=secret&x=1#frag', 'https://bucket.example.com/a/b?…'],
  ['https://user:secret@example.com:5000/a', 'https://example.com:5000/a'],
  ['http://example.com', 'http://example.com/'],
  ['/v2/a?token=secret', '/v2/a'],
  ['//user:secret@host/a', '//host/a'],
  ['nonsense', 'nonsense'],
])('%s is shown as %s', (url, shown) => {
  expect(redactUrl(url)).toBe(shown);
});
