import { describe, expect, it } from 'vitest';
import { foundTexts } from '../../testing/found-texts.ts';
import { composerLock } from './index.ts';

it.each([
  ['app/composer.lock', true],
  ['app/vendor/x/y/composer.lock', false],
])('wants %s: %s', (path, expected) => expect(composerLock.wants(path)).toBe(expected));

describe('finds', () => {
  it('packages, without those for development and those that lie beside the project', () => {
    const document = {
      packages: [
        { name: 'a/b', version: '1.0.0', dist: { type: 'zip' } },
        { name: 'own/c', version: '1.0.0', dist: { type: 'path', url: '../c' } },
      ],
      'packages-dev': [{ name: 'd/e', version: '1.0.0' }],
    };
    expect(foundTexts(composerLock, 'composer.lock', JSON.stringify(document))).toEqual(['a/b@1.0.0']);
  });

  it('no list of packages', () => {
    expect(foundTexts(composerLock, 'composer.lock', '{}')).toEqual(['malformed: no list of packages']);
  });
});
