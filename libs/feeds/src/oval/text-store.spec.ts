import { createRandom } from '@clair/testing';
import { expect, it } from 'vitest';
import { MalformedDocument } from '../feed.ts';
import { TextStore } from './text-store.ts';

it('gives every text back, and equal short ones the same number', () => {
  const store = new TextStore({ bytesMax: 50_000_000 });
  const random = createRandom(1);
  const texts = Array.from({ length: 20_000 }, (_, i) => {
    const tail = ['', '\u00e4', '\u{1f600}', 'x'.repeat(random.int(0, 400))][i % 4] ?? '';
    return `oval:org.example:tst:${random.int(0, 15_000)}${tail}`;
  });
  const numbers = texts.map((text) => store.put(text));
  expect(numbers.map((number) => store.get(number))).toEqual(texts);
  const byText = new Map<string, number>();
  for (const [i, text] of texts.entries()) {
    const number = numbers[i] ?? -1;
    if (text.length <= 300) expect(byText.get(text) ?? number).toBe(number);
    byText.set(text, number);
  }
  expect(store.find('oval:org.example:tst:none')).toBeUndefined();
});

it('gives back texts that lie across its segments', () => {
  const store = new TextStore({ bytesMax: 50_000_000 });
  const texts = Array.from({ length: 40 }, (_, i) => String.fromCharCode(0x61 + (i % 26)).repeat(99_991 + i));
  const numbers = texts.map((text) => store.put(text));
  expect(numbers.map((number) => store.get(number))).toEqual(texts);
});

it('refuses to keep more than it may', () => {
  const store = new TextStore({ bytesMax: 1_000 });
  const text = 'x'.repeat(900_000);
  expect(() => [store.put(text), store.put(text)]).toThrow(MalformedDocument);
});

it('of texts beyond its limit on shared ones every one is a new one', () => {
  const store = new TextStore({ bytesMax: 1_000_000 }, 5);
  expect(store.put('short')).toBe(store.put('short'));
  expect(store.put('longer')).not.toBe(store.put('longer'));
});
