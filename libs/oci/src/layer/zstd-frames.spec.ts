import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ZstdFrames } from './zstd-frames.ts';

const SKIPPABLE = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
const EMPTY_SKIPPABLE = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]);

const incompressible = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * at * 31 + (at >> 3)) & 0xff));
const frames: readonly [string, Buffer, Buffer][] = [
  ['small', Buffer.from('hello'), zstdCompressSync('hello')],
  ['empty', Buffer.alloc(0), zstdCompressSync('')],
  ['several blocks', incompressible, zstdCompressSync(incompressible)],
  ['run-length blocks', Buffer.alloc(400_000, 'a'), zstdCompressSync(Buffer.alloc(400_000, 'a'))],
  ['a checksum', Buffer.from('sum'), zstdCompressSync('sum', { params: { [constants.ZSTD_c_checksumFlag]: 1 } })],
  [
    'no content size',
    Buffer.from('size'),
    zstdCompressSync('size', { params: { [constants.ZSTD_c_contentSizeFlag]: 0 } }),
  ],
];

/** Feeds `stream` in pieces and inflates each frame by itself. */
function inflate(stream: Buffer, pieceBytes: number): { content: Buffer; betweenFrames: boolean } | undefined {
  const scanner = new ZstdFrames();
  const content: Buffer[] = [];
  let held: Buffer[] = [];
  for (let at = 0; at < stream.length; at += pieceBytes) {
    const pieces = scanner.push(stream.subarray(at, at + pieceBytes));
    if (pieces === undefined) return undefined;
    held.push(...pieces);
    if (!scanner.betweenFrames) continue;
    content.push(Buffer.concat(held));
    held = [];
  }
  return { content: Buffer.concat(content), betweenFrames: scanner.betweenFrames };
}

describe('one frame', () => {
  it.each(frames)('%s comes through as it is, and the end is found', (_, text, frame) => {
    for (const pieceBytes of [1, 2, 3, 5, 1000, frame.length]) {
      const found = inflate(frame, pieceBytes);
      expect(found?.betweenFrames).toBe(true);
      expect(found?.content.equals(frame)).toBe(true);
    }
    expect(zstdDecompressSync(frame).equals(text)).toBe(true);
  });

  it.each(frames)('%s: every cut is seen', (_, _text, frame) => {
    const step = Math.max(1, Math.floor(frame.length / 200));
    for (let bytes = 1; bytes < frame.length; bytes += step) {
      expect(inflate(frame.subarray(0, bytes), bytes)?.betweenFrames).toBe(false);
    }
  });
});

it('leaves skippable frames out, wherever they are', () => {
  const [, , a] = frames[0] ?? ['', Buffer.alloc(0), Buffer.alloc(0)];
  const stream = Buffer.concat([SKIPPABLE, a, EMPTY_SKIPPABLE, SKIPPABLE, a, SKIPPABLE]);
  for (const pieceBytes of [1, 2, 3, 4, 5, 7, stream.length]) {
    expect(inflate(stream, pieceBytes)?.content.equals(Buffer.concat([a, a]))).toBe(true);
  }
});

it('never gives a piece that reaches over the end of a frame', () => {
  const stream = Buffer.concat(frames.map(([, , frame]) => frame));
  const text = Buffer.concat(frames.map(([, content]) => content));
  const pieces = new ZstdFrames().push(stream) ?? [];
  const rebuilt: Buffer[] = [];
  for (let at = 0; at < pieces.length; ) {
    // A magic, then the rest of its frame: exactly two pieces when all comes in one push.
    rebuilt.push(zstdDecompressSync(Buffer.concat(pieces.slice(at, at + 2))));
    at += 2;
  }
  expect(Buffer.concat(rebuilt).equals(text)).toBe(true);
});

it('refuses what is no frame', () => {
  const [, , a] = frames[0] ?? ['', Buffer.alloc(0), Buffer.alloc(0)];
  expect(new ZstdFrames().push(Buffer.concat([a, Buffer.from('junk')]))).toBeUndefined();
});
