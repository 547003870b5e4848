import { describe, expect, it } from 'vitest';
import { foundTexts } from '../../testing/found-texts.ts';
import { npm } from './index.ts';

it.each([
  ['usr/lib/node_modules/npm/package.json', true],
  ['app/node_modules/@types/node/package.json', true],
  ['app/node_modules/a/node_modules/b/package.json', true],
  ['app/node_modules/.pnpm/a@1.0.0/node_modules/a/package.json', true],
  ['node_modules/a/package.json', true],
  ['app/package.json', false],
  ['app/node_modules/a/esm/package.json', false],
  ['app/node_modules/@scope/package.json', false],
  ['app/node_modules/@s/a/lib/package.json', false],
  ['app/node_modules/.cache/package.json', false],
  ['app/my_node_modules/a/package.json', false],
  ['app/node_modules/package.json', false],
])('wants %s: %s', (path, expected) => expect(npm.wants(path)).toBe(expected));

describe('finds', () => {
  const PATH = 'app/node_modules/a/package.json';

  it.each([
    ['a package', '{"name":"@s/a","version":"1.2.3","dependencies":{"b":"^1"}}', ['@s/a@1.2.3']],
    ['another name than that of its folder: an alias', '{"name":"real","version":"1.0.0"}', ['real@1.0.0']],
    ['what npm writes loosely', '{"name":"a","version":" v1.2.3 "}', ['a@v1.2.3']],
    ['a byte order mark', '\ufeff{"name":"a","version":"1.0.0"}', ['a@1.0.0']],
    ['no version', '{"name":"a"}', ['unidentified: it names "a" without a version']],
    ['no name', '{"type":"module"}', ['unidentified: it names no package']],
    ['a version of another type', '{"name":"a","version":1}', ['unidentified: it names "a" without a version']],
    [
      'unfit characters',
      '{"name":"a\\u0000","version":"1.0.0"}',
      ['malformed: unfit characters in "a\\u0000" "1.0.0"'],
    ],
    ['no JSON', 'nope', ['malformed: not JSON']],
    ['no object', '[]', ['malformed: not a JSON object']],
  ])('%s', (_, text, expected) => expect(foundTexts(npm, PATH, text)).toEqual(expected));
});
