import { describe, expect, it } from 'vitest';
import { foundTexts } from '../../testing/found-texts.ts';
import { poetryLock } from './index.ts';

it.each([
  ['app/poetry.lock', true],
  ['usr/lib/python3/site-packages/a/poetry.lock', false],
])('wants %s: %s', (path, expected) => expect(poetryLock.wants(path)).toBe(expected));

describe('finds', () => {
  const pkg = (name: string, rest: string) => `[[package]]\nname = "${name}"\nversion = "1.0"\n${rest}\n`;

  it.each([
    ['the normal form of names', pkg('Zope.Interface', ''), ['zope-interface@1.0']],
    ['no category for development', pkg('a', 'category = "main"') + pkg('b', 'category = "dev"'), ['a@1.0']],
    ['no group for development', pkg('a', 'groups = ["main", "dev"]') + pkg('b', 'groups = ["dev"]'), ['a@1.0']],
    ['not the project itself', pkg('a', '[package.source]\ntype = "directory"\nurl = "."'), []],
    ['a package of a commit', pkg('a', '[package.source]\ntype = "git"\nurl = "https://example.org/a"'), ['a@1.0']],
    ['no list', 'package = 1\n', ['malformed: no list of packages']],
  ])('%s', (_, text, expected) => expect(foundTexts(poetryLock, 'poetry.lock', text)).toEqual(expected));
});
