import { describe, expect, it } from 'vitest';
import { foundTexts } from '../../testing/found-texts.ts';
import { pnpmLock } from './index.ts';

it.each([
  ['app/pnpm-lock.yaml', true],
  ['app/node_modules/.pnpm/pnpm-lock.yaml', false],
])('wants %s: %s', (path, expected) => expect(pnpmLock.wants(path)).toBe(expected));

describe('finds', () => {
  const read = (text: string) => foundTexts(pnpmLock, 'pnpm-lock.yaml', text);

  it('version 5', () => {
    const text = `lockfileVersion: 5.4
packages:
  /a/1.0.0:
    resolution: {integrity: sha512-0}
    dev: false
  /@s/b/2.0.0_c@3.0.0:
    resolution: {integrity: sha512-0}
  /c/3.0.0:
    resolution: {integrity: sha512-0}
    dev: true
  github.com/x/y/0a1b2c:
    resolution: {tarball: https://codeload.github.com/x/y/tar.gz/0a1b2c}
    name: y
    version: 4.0.0
`;
    expect(read(text)).toEqual(['a@1.0.0', '@s/b@2.0.0', 'y@4.0.0']);
  });

  it('version 6', () => {
    const text = `lockfileVersion: '6.0'
packages:
  /a@1.0.0:
    resolution: {integrity: sha512-0}
    dev: false
  /@s/b@2.0.0(c@3.0.0)(d@1.0.0):
    resolution: {integrity: sha512-0}
  /c@3.0.0:
    resolution: {integrity: sha512-0}
    dev: true
`;
    expect(read(text)).toEqual(['a@1.0.0', '@s/b@2.0.0']);
  });

  it('version 9, where what is for development follows from who needs it', () => {
    const text = `lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      a: {specifier: ^1.0.0, version: 1.0.0(peer@5.0.0)}
      renamed: {specifier: 'npm:real@^6', version: real@6.0.0}
      own: {specifier: 'workspace:*', version: 'link:packages/own'}
    devDependencies:
      tool: {specifier: ^1.0.0, version: 1.0.0}
packages:
  a@1.0.0: {resolution: {integrity: sha512-0}}
  b@2.0.0: {resolution: {integrity: sha512-0}}
  peer@5.0.0: {resolution: {integrity: sha512-0}}
  real@6.0.0: {resolution: {integrity: sha512-0}}
  tool@1.0.0: {resolution: {integrity: sha512-0}}
  tar@https://example.org/t.tgz: {resolution: {tarball: https://example.org/t.tgz}, version: 7.0.0}
  commit@https://codeload.github.com/x/y/tar.gz/0a: {resolution: {tarball: https://example.org/t.tgz}}
snapshots:
  a@1.0.0(peer@5.0.0):
    dependencies: {b: 2.0.0, peer: 5.0.0, tar: https://example.org/t.tgz}
    optionalDependencies: {commit: https://codeload.github.com/x/y/tar.gz/0a}
  b@2.0.0:
    dependencies: {a: 1.0.0(peer@5.0.0)}
  peer@5.0.0: {}
  real@6.0.0: {}
  tool@1.0.0: {}
`;
    expect(read(text)).toEqual([
      'a@1.0.0',
      'b@2.0.0',
      'peer@5.0.0',
      'real@6.0.0',
      'tar@7.0.0',
      'unidentified: commit is installed from an address, not from a registry',
    ]);
  });

  it.each([
    ['a: [', 'malformed: not YAML'],
    ['- a', 'malformed: not a YAML mapping'],
    ['packages: {}', 'malformed: no lockfileVersion'],
  ])('%s is a problem', (text, expected) => expect(read(text).join()).toContain(expected));

  it('does not follow aliases without end', () => {
    const bomb = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`).join('\n');
    expect(read(`a0: &a0 x\n${bomb}\n`).join()).toContain('malformed');
  });
});
