import { describe, expect, it } from 'vitest';
import { foundTexts } from '../../testing/found-texts.ts';
import { composer } from './index.ts';

it.each([
  ['app/vendor/composer/installed.json', true],
  ['vendor/composer/installed.json', true],
  ['app/installed.json', false],
  ['app/vendor/mycomposer/installed.json', false],
])('wants %s: %s', (path, expected) => expect(composer.wants(path)).toBe(expected));

describe('finds', () => {
  const PATH = 'app/vendor/composer/installed.json';
  const packages = [
    { name: 'Monolog/monolog', version: '2.9.1', version_normalized: '2.9.1.0' },
    { name: 'psr/log', version: 'v1.1.4' },
    { name: 'x/y', version: 'dev-main' },
    { name: 'x/z' },
  ];
  const found = [
    'Monolog/monolog@2.9.1',
    'psr/log@v1.1.4',
    'x/y@dev-main',
    'unidentified: it names "x/z" without a version',
  ];

  it.each([
    ['Composer 2', JSON.stringify({ packages, dev: true }), found],
    ['Composer 1', JSON.stringify(packages), found],
    ['nothing', '{"packages":[]}', []],
    ['something else', '{}', ['malformed: no list of packages']],
    ['no JSON', '<?php', ['malformed: not JSON']],
    ['a package that is none', '[7]', ['malformed: a package that is no object']],
  ])('%s', (_, text, expected) => expect(foundTexts(composer, PATH, text)).toEqual(expected));
});
