import { describe, expect, it } from 'vitest';
import { AttributeValues } from './attribute-values.ts';
import { TextStore } from './text-store.ts';

describe('every value comes back as it was', () => {
  it.each([
    '',
    'at least one',
    'oval:org.example:tst:1',
    'oval:org.example:obj:1',
    'oval:org.example:tst:0',
    'oval:org.example:tst:007',
    'oval:org.example:tst:35184372088831',
    'oval:org.example:tst:35184372088832',
    'oval:org.example:tst:2022282890000000',
    'oval:org.example:tst:',
    'oval:com.example:def:202129154',
    'tst:1',
  ])('%j', (value) => {
    const values = new AttributeValues(new TextStore({ bytesMax: 1_000_000 }));
    values.put('oval:com.other:ste:9');
    const code = values.put(value);
    expect(values.get(code)).toBe(value);
    expect(values.put(value)).toBe(code);
    expect(values.find(value)).toBe(code);
  });
});

it('tells ids of more beginnings than it numbers apart', () => {
  const values = new AttributeValues(new TextStore({ bytesMax: 1_000_000 }));
  const ids = Array.from({ length: 200 }, (_, i) => `oval:org.example${i}:tst:${1_000 + (i % 7)}`);
  const codes = ids.map((id) => values.put(id));
  expect(new Set(codes).size).toBe(200);
  expect(codes.map((code) => values.get(code))).toEqual(ids);
  expect(ids.map((id) => values.find(id))).toEqual(codes);
  expect(values.find('oval:org.never:tst:1')).toBeUndefined();
});
