import { describe, expect, it } from 'vitest';
import { foundTexts } from '../../testing/found-texts.ts';
import { gemfileLock } from './index.ts';

it.each([
  ['app/Gemfile.lock', true],
  ['app/gems.locked', true],
  ['usr/lib/ruby/gems/3.1.0/gems/a-1/Gemfile.lock', false],
  ['app/vendor/bundle/ruby/3.1.0/gems/a/Gemfile.lock', false],
])('wants %s: %s', (path, expected) => expect(gemfileLock.wants(path)).toBe(expected));

describe('finds', () => {
  it('gems of registries and of git, not the project itself', () => {
    const text = `GIT
  remote: https://github.com/x/y.git
  revision: 0a1b2c
  specs:
    y (0.1.0)
      a (>= 1)

PATH
  remote: .
  specs:
    own (1.0.0)

GEM
  remote: https://rubygems.org/
  specs:
    a (1.2.3)
      b (~> 2.0)
    b (2.0.1-x86_64-linux)
    b (2.0.1-arm64-darwin)
    c (3.0.0.rc1)
    d

PLATFORMS
  ruby

DEPENDENCIES
  a (= 1.2.3)
`;
    expect(foundTexts(gemfileLock, 'Gemfile.lock', text)).toEqual([
      'y@0.1.0',
      'a@1.2.3',
      'b@2.0.1',
      'c@3.0.0.rc1',
      'malformed: line 21: no gem with a version: "    d"',
    ]);
  });
});
