import { describe, expect, it } from 'vitest';
import { MalformedDocument } from './feed.ts';
import { jsonItems } from './json-items.ts';

async function itemsOf(text: string, { pieceBytes = 1, itemBytesMax = 100, key = 'items' } = {}) {
  const bytes = Buffer.from(text);
  async function* pieces() {
    // One buffer for all pieces: what is kept of it must be a copy.
    const piece = new Uint8Array(pieceBytes);
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const length = Math.min(pieceBytes, bytes.length - at);
      piece.set(bytes.subarray(at, at + length));
      yield piece.subarray(0, length);
    }
  }
  const items: unknown[] = [];
  for await (const item of jsonItems(pieces(), { key, itemBytesMax })) items.push(item.ok ? item.value : item.error);
  return items;
}

describe.each([1, 2, 3, 5, 1_000])('in pieces of %d bytes', (pieceBytes) => {
  it.each([
    ['{"items":[]}', []],
    ['{"a":1,"b":"x, y","items":[{"a":[1,{"b":2}]} , {"c":"}]{["}]}', [{ a: [1, { b: 2 }] }, { c: '}]{[' }]],
    ['\ufeff { "items" : [ {"a":"\\"}"}, {"b":"\\\\"} ] , "after": [{"x":1}] }', [{ a: '"}' }, { b: '\\' }]],
    ['{"items":[{"a":"é€😀"}]}', [{ a: 'é€😀' }]],
    ['{"items":[{"a":}, {"b":1}]}', ['it is not JSON', { b: 1 }]],
  ])('%j', async (text, items) => {
    expect(await itemsOf(text, { pieceBytes })).toEqual(items);
  });

  it('passes over an item that is too large, and says so', async () => {
    const text = `{"items":[{"a":"${'x'.repeat(200)}"},{"b":1}]}`;
    expect(await itemsOf(text, { pieceBytes })).toEqual(['it is larger than 100 bytes', { b: 1 }]);
  });

  it.each([
    '{"items":[{"a":1}',
    '{"items":[{"a":1},',
    '{"items":',
    '{"items":[{"a":"',
    '{',
    '',
    '[{"a":1}]',
    '{"other":[]}',
    '{"items":{}}',
  ])('refuses %j', async (text) => {
    await expect(itemsOf(text, { pieceBytes })).rejects.toThrow(MalformedDocument);
  });
});

it('says where a document was cut', async () => {
  await expect(itemsOf('{"items":[{"a":1}')).rejects.toThrow('cut short after 17 bytes in /items');
});
