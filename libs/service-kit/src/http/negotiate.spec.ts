import { describe, expect, it } from 'vitest';
import { ServiceError } from '../errors/service-error.ts';
import { chooseCoding } from './compression.ts';
import { ifNoneMatch } from './if-none-match.ts';
import { negotiate } from './negotiate.ts';

const VENDOR = 'application/vnd.clair.index_report.v1+json';
const JSON_TYPE = 'application/json';
const OFFERED = [VENDOR, JSON_TYPE];

function kindOf(work: () => unknown): string {
  try {
    return `no error: ${String(work())}`;
  } catch (error) {
    return error instanceof ServiceError ? error.kind : String(error);
  }
}

describe('negotiate', () => {
  it.each<[string | undefined, string]>([
    [undefined, VENDOR],
    ['', VENDOR],
    ['*/*', VENDOR],
    ['*', VENDOR],
    ['application/*', VENDOR],
    [JSON_TYPE, JSON_TYPE],
    ['APPLICATION/JSON', JSON_TYPE],
    [`${JSON_TYPE}, ${VENDOR}`, JSON_TYPE],
    [`${VENDOR}, ${JSON_TYPE}`, VENDOR],
    [`${JSON_TYPE};q=0.5, ${VENDOR};q=0.9`, VENDOR],
    [`${JSON_TYPE};q=0.9, ${VENDOR};q=0.5`, JSON_TYPE],
    [`text/html, ${JSON_TYPE};q=0.1`, JSON_TYPE],
    [`*/*;q=0.1, ${JSON_TYPE};q=0.01`, VENDOR],
    [`${VENDOR};q=0, */*`, JSON_TYPE],
    [`${JSON_TYPE};charset=utf-8`, JSON_TYPE],
    [`${JSON_TYPE}; charset="utf-8"; q=1.000`, JSON_TYPE],
    ['text/html, image/gif, *; q=.2'.replace('.2', '0.2'), VENDOR],
    [`,${JSON_TYPE},`, JSON_TYPE],
  ])('%j → %s', (accept, expected) => {
    expect(negotiate({ headers: { accept } }, OFFERED)).toBe(expected);
  });

  it.each(['text/html', 'application/xml', `${JSON_TYPE};q=0`, 'text/*'])('%j gets nothing', (accept) => {
    const request = { headers: { accept } };
    expect(kindOf(() => negotiate(request, OFFERED))).toBe('unsupported-media-type');
    expect(kindOf(() => negotiate(request, OFFERED, { refusal: 'not-acceptable' }))).toBe('not-acceptable');
  });

  it.each([
    'json',
    '*/json',
    'application/',
    '/json',
    'application/json/x',
    'application/json;q=2',
    'application/json;q=-1',
    'application/json;q=0.1234',
    'application/json;q=x',
    'application/json;q',
    'application/json bogus',
    Array.from({ length: 65 }, () => JSON_TYPE).join(','),
    `application/${'x'.repeat(5000)}`,
  ])('%j cannot be read', (accept) => {
    expect(kindOf(() => negotiate({ headers: { accept } }, OFFERED))).toBe('invalid-argument');
  });
});

describe('ifNoneMatch', () => {
  it.each<[string | undefined, string, boolean]>([
    [undefined, '"a"', false],
    ['', '"a"', false],
    ['"a"', '"a"', true],
    ['"a"', 'a', true],
    ['W/"a"', '"a"', true],
    ['"a"', 'W/"a"', true],
    ['"b", "a"', '"a"', true],
    ['"b","c"', '"a"', false],
    ['*', '"a"', true],
    ['a', '"a"', true],
    ['"a,b"', '"a,b"', true],
    ['"a,b"', '"a"', false],
    ['"aa"', '"a"', false],
    [`${'"b",'.repeat(3000)}"a"`, '"a"', false],
  ])('%j names %j: %s', (header, etag, expected) => {
    expect(ifNoneMatch({ headers: { 'if-none-match': header } }, etag)).toBe(expected);
  });
});

describe('chooseCoding', () => {
  it.each<[string | undefined, string | undefined]>([
    [undefined, undefined],
    ['identity', undefined],
    ['gzip', 'gzip'],
    ['x-gzip', 'gzip'],
    ['GZIP', 'gzip'],
    ['gzip, deflate, br, zstd', 'zstd'],
    ['gzip;q=1, zstd;q=0.5', 'gzip'],
    ['gzip;q=0', undefined],
    ['*', 'zstd'],
    ['*;q=0', undefined],
    ['zstd;q=0, *', 'gzip'],
    ['br', undefined],
    ['gzip;q=nonsense', undefined],
  ])('%j → %s', (header, coding) => {
    expect(chooseCoding(header)).toBe(coding);
  });
});
