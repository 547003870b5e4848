import { describe, expect, it } from 'vitest';
import { parsePageRequest, readPageSize } from './page-request.ts';
import { NIL_UUID, parseUuid } from './uuid.ts';

const ID = '269886f3-0146-8e4b-8b73-00000000000a';

it.each<[string, string | undefined]>([
  [ID, ID],
  [ID.toUpperCase(), ID],
  [ID.replaceAll('-', ''), ID],
  [`{${ID}}`, ID],
  [`urn:uuid:${ID}`, ID],
  [`{${ID}`, undefined],
  [`${ID}0`, undefined],
  ['', undefined],
  ["' or 1=1", undefined],
])('uuid %s', (text, expected) => {
  const read = parseUuid(text);
  expect(read.ok ? read.value : undefined).toBe(expected);
});

it.each([
  ['', 0],
  ['7', 7],
  ['007', 7],
  ['-1', Number.NaN],
  ['1e3', Number.NaN],
  ['0x10', Number.NaN],
  [' 1', Number.NaN],
  ['9'.repeat(30), Number.NaN],
])('page size %s', (text, expected) => {
  expect(readPageSize(text)).toBe(expected);
});

describe('page request', () => {
  it.each<[string, object, object]>([
    ['defaults', {}, { ok: true, value: { id: ID, limit: 500 } }],
    ['a page', { pageSize: 2, next: ID }, { ok: true, value: { id: ID, limit: 2, afterId: ID } }],
    ['the nil id is the first page', { next: NIL_UUID }, { ok: true, value: { id: ID, limit: 500 } }],
    ['the largest page', { pageSize: 10_000 }, { ok: true, value: { id: ID, limit: 10_000 } }],
  ])('%s', (_, fields, expected) => {
    expect(parsePageRequest({ id: ID, pageSize: 0, next: '', ...fields })).toEqual(expected);
  });

  it.each<[string, object]>([
    ['id', { id: 'x' }],
    ['page size above the largest', { pageSize: 10_001 }],
    ['page size below 0', { pageSize: -1 }],
    ['page size that is no number', { pageSize: Number.NaN }],
    ['next', { next: 'x' }],
  ])('refuses a wrong %s', (_, fields) => {
    expect(parsePageRequest({ id: ID, pageSize: 0, next: '', ...fields })).toMatchObject({ ok: false });
  });
});
