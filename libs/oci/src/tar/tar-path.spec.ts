import { expect, it } from 'vitest';
import { normalizeTarPath } from './tar-path.ts';

it.each([
  ['a/b', 'a/b'],
  ['./a/b', 'a/b'],
  ['/a/b', 'a/b'],
  ['//a//b//', 'a/b'],
  ['a/b/', 'a/b'],
  ['././a/./b/.', 'a/b'],
  ['.', ''],
  ['./', ''],
  ['/', ''],
  ['', ''],
  ['.wh..wh..opq', '.wh..wh..opq'],
  ['a/.wh.b', 'a/.wh.b'],
  ['..a/b..', '..a/b..'],
  ['...', '...'],
  ['a\\b', 'a\\b'],
  ['..', undefined],
  ['../a', undefined],
  ['a/..', undefined],
  ['a/../b', undefined],
  ['./..', undefined],
  ['/../a', undefined],
  ['a\0b', undefined],
])('%j is %j', (name, path) => {
  expect(normalizeTarPath(name)).toBe(path);
});
