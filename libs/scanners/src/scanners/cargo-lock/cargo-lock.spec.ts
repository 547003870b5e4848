import { describe, expect, it } from 'vitest';
import { foundTexts } from '../../testing/found-texts.ts';
import { cargoLock } from './index.ts';

it.each([
  ['app/Cargo.lock', true],
  ['usr/share/cargo/registry/a/Cargo.lock', true],
  ['root/.cargo/registry/src/a/Cargo.lock', false],
])('wants %s: %s', (path, expected) => expect(cargoLock.wants(path)).toBe(expected));

describe('finds', () => {
  it.each([
    [
      'version 1',
      '[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n[metadata]\n"checksum a 1.0.0 (registry+x)" = "0"\n',
      ['a@1.0.0'],
    ],
    [
      'version 4',
      'version = 4\n[[package]]\nname = "own"\nversion = "0.1.0"\ndependencies = ["a"]\n[[package]]\nname = "a"\nversion = "1.0.0+b"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "0"\n',
      ['a@1.0.0+b'],
    ],
    [
      'of a commit',
      '[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "git+https://example.org/a#0a1b"\n',
      ['a@1.0.0'],
    ],
    ['nothing', 'version = 3\n', []],
    ['no list', 'package = 1\n', ['malformed: no list of packages']],
  ])('%s', (_, text, expected) => expect(foundTexts(cargoLock, 'Cargo.lock', text)).toEqual(expected));

  it('no TOML', () => expect(foundTexts(cargoLock, 'Cargo.lock', '= 1').join()).toContain('malformed: not TOML'));
});
