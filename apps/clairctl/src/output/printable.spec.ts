import { expect, it } from 'vitest';
import { printable } from './printable.ts';

it.each([
  ['libstdc++6', 'libstdc++6'],
  ['Größe 語 é', 'Größe 語 é'],
  ['a\u001b[2Jb', 'a\ufffd[2Jb'],
  ['a\u0007\u009b1mb\n', 'a\ufffd\ufffd1mb\ufffd'],
  ['a\u202eb\u200b', 'a\ufffdb\ufffd'],
])('%j becomes %j', (text, shown) => {
  expect(printable(text)).toBe(shown);
});
