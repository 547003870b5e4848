import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { rawHeader } from '../tar/raw-tar.fixture.ts';
import { SNIFF_BYTES, sniffCompression } from './compression.ts';

it.each([
  ['gzip', gzipSync('x'), 'gzip'],
  ['zstd', zstdCompressSync('x'), 'zstd'],
  ['zstd after a skippable frame', Buffer.from('5c2a4d1804000000', 'hex'), 'zstd'],
  ['a tar', rawHeader({ name: 'etc/passwd' }), 'none'],
  ['a tar whose first name looks like bzip2', rawHeader({ name: 'BZh91AY' }), 'none'],
  ['nothing', Buffer.alloc(0), 'none'],
  ['HTML', Buffer.from('<!DOCTYPE html>'), 'none'],
  ['bzip2', Buffer.from('425a6839314159265359', 'hex'), { unsupported: 'bzip2' }],
  ['empty bzip2', Buffer.from('425a6839177245385090', 'hex'), { unsupported: 'bzip2' }],
  ['xz', Buffer.from('fd377a585a000004e6d6', 'hex'), { unsupported: 'xz' }],
  ['lz4', Buffer.from('04224d1864', 'hex'), { unsupported: 'lz4' }],
  ['compress', Buffer.from('1f9d90', 'hex'), { unsupported: 'compress' }],
])('%s', (_, bytes, found) => {
  expect(sniffCompression(bytes.subarray(0, SNIFF_BYTES))).toEqual(found);
});
