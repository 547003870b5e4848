import { expect, it } from 'vitest';
import { checkHeaders, publicHeaders } from './request-headers.ts';

it('takes one or several values, and names in any case', () => {
  expect(checkHeaders({ Accept: 'a', 'X-Many': ['1', '2'], absent: undefined })).toEqual({
    ok: true,
    value: { accept: ['a'], 'x-many': ['1', '2'] },
  });
});

it.each([
  [{ Host: 'x' }, 'host'],
  [{ 'Transfer-Encoding': 'chunked' }, 'transfer-encoding'],
  [{ 'Content-Length': '5' }, 'content-length'],
  [{ 'bad name': 'x' }, 'bad name'],
  [{ '': 'x' }, 'header name'],
  [{ 'x-split': 'a\r\nInjected: b' }, 'x-split'],
  [{ 'x-nul': 'a\0' }, 'x-nul'],
  [{ 'x-wide': 'é✓' }, 'x-wide'],
])('%j cannot be sent', (headers, word) => {
  const checked = checkHeaders(headers);
  expect(checked.ok ? '' : checked.error).toContain(word);
});

it('gives another host nothing that may be a secret', () => {
  const headers = {
    accept: ['a'],
    authorization: ['s'],
    cookie: ['s'],
    'x-api-key': ['s'],
    range: ['bytes=0-'],
    'user-agent': ['u'],
  };
  expect(publicHeaders(headers)).toEqual({ accept: ['a'], range: ['bytes=0-'], 'user-agent': ['u'] });
});
