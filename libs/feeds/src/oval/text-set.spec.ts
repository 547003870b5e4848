import { createRandom } from '@clair/testing';
import { expect, it } from 'vitest';
import { TextSet } from './text-set.ts';

it('knows every text that was added, however long, and no other', () => {
  const random = createRandom(3);
  const texts = Array.from({ length: 5_000 }, (_, i) => `key-${i}-\u00e4${'x'.repeat(random.int(0, 400))}`);
  const set = new TextSet();
  for (const text of texts) {
    expect(set.has(text)).toBe(false);
    set.add(text);
  }
  expect(texts.every((text) => set.has(text))).toBe(true);
  expect(texts.some((text) => set.has(`${text}y`))).toBe(false);
});
