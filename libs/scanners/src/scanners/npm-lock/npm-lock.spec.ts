import { describe, expect, it } from 'vitest';
import { foundTexts } from '../../testing/found-texts.ts';
import { npmLock } from './index.ts';

it.each([
  ['app/package-lock.json', true],
  ['package-lock.json', true],
  ['app/npm-shrinkwrap.json', true],
  ['app/node_modules/a/package-lock.json', false],
  ['app/vendor/a/package-lock.json', false],
  ['app/my-package-lock.json', false],
])('wants %s: %s', (path, expected) => expect(npmLock.wants(path)).toBe(expected));

describe('finds', () => {
  const read = (document: unknown) => foundTexts(npmLock, 'app/package-lock.json', JSON.stringify(document));

  it('packages by path, in versions 2 and 3', () => {
    const packages = {
      '': { name: 'app', version: '1.0.0' },
      'packages/own': { version: '1.0.0' },
      'node_modules/own': { resolved: 'packages/own', link: true },
      'node_modules/a': { version: '1.0.0' },
      'node_modules/a/node_modules/@s/b': { version: '2.0.0' },
      'node_modules/c': { version: '3.0.0', dev: true },
      'node_modules/d': { version: '4.0.0', optional: true },
      'node_modules/e': { version: '5.0.0', devOptional: true },
      'node_modules/f': { name: 'real', version: '6.0.0' },
      'node_modules/g': { resolved: 'https://example.org/g.tgz' },
    };
    // Version 2 has the tree of version 1 too.
    expect(read({ lockfileVersion: 2, packages, dependencies: { z: { version: '1.0.0' } } })).toEqual([
      'a@1.0.0',
      '@s/b@2.0.0',
      'd@4.0.0',
      'e@5.0.0',
      'real@6.0.0',
      'unidentified: it names "g" without a version',
    ]);
  });

  it('packages by name, nested, in version 1', () => {
    const dependencies = {
      a: { version: '1.0.0', dependencies: { b: { version: '2.0.0', bundled: true } } },
      c: { version: '3.0.0', dev: true },
      alias: { version: 'npm:@s/real@4.0.0' },
      own: { version: 'file:packages/own' },
      git: { version: 'git+ssh://git@example.org/git.git#0a1b2c' },
    };
    expect(read({ lockfileVersion: 1, dependencies })).toEqual([
      'a@1.0.0',
      'b@2.0.0',
      '@s/real@4.0.0',
      'unidentified: git is installed from an address, not from a registry',
    ]);
  });

  it('no end in a tree that has none', () => {
    let tree: object = { a: { version: '1.0.0' } };
    for (let depth = 0; depth < 300; depth++) tree = { a: { version: '1.0.0', dependencies: tree } };
    expect(read({ dependencies: tree })).toEqual(['a@1.0.0', 'limit: dependencies nested more than 200 deep']);
  });

  it('nothing in an empty lock, and says that another file is none', () => {
    expect(read({ lockfileVersion: 3, packages: {} })).toEqual([]);
    expect(read([])).toEqual(['malformed: not a JSON object']);
  });
});
