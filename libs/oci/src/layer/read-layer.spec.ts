import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { constants, createGzip, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { END_BLOCKS, RecordingVisitor, rawEntry } from '../tar/raw-tar.fixture.ts';
import { DEFAULT_LAYER_LIMITS, type LayerLimits } from './layer-limits.ts';
import { readLayer } from './read-layer.ts';

const NEVER = new AbortController().signal;
const TAR = Buffer.concat([
  rawEntry({ name: './etc/os-release' }, 'ID=debian\n'),
  rawEntry({ name: 'usr/bin/x' }, Buffer.from(Array.from({ length: 200_000 }, (_, at) => (at * at * 31) & 0xff))),
  rawEntry({ name: 'var/lib/dpkg/status' }, 'Package: a\n'),
  END_BLOCKS,
]);
const EVENTS = [
  'file etc/os-release = ID=debian\n',
  'skip usr/bin/x (200000) unwanted',
  'file var/lib/dpkg/status = Package: a\n',
];
const SKIPPABLE = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9]);

function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

async function* inPieces(bytes: Buffer, pieceBytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

interface ReadOptions {
  readonly pieceBytes?: number;
  readonly digest?: string;
  readonly limits?: Partial<LayerLimits>;
}

async function read(blob: Buffer, { pieceBytes = 65536, digest = sha256(blob), limits }: ReadOptions = {}) {
  const visitor = new RecordingVisitor((path) => !path.startsWith('usr/'));
  const result = await readLayer(
    inPieces(blob, pieceBytes),
    digest,
    { ...DEFAULT_LAYER_LIMITS, ...limits },
    visitor,
    NEVER,
  );
  return { events: visitor.events, result };
}

describe('a good layer', () => {
  const half = 70_000;
  const blobs: readonly [string, Buffer][] = [
    ['plain', TAR],
    ['gzip', gzipSync(TAR)],
    ['gzip of two members', Buffer.concat([gzipSync(TAR.subarray(0, half)), gzipSync(TAR.subarray(half))])],
    [
      'gzip of many members (eStargz)',
      Buffer.concat(Array.from({ length: 60 }, (_, at) => gzipSync(TAR.subarray(at * 3500, (at + 1) * 3500)))),
    ],
    ['gzip padded with zeros', Buffer.concat([gzipSync(TAR), Buffer.alloc(600)])],
    ['zstd', zstdCompressSync(TAR)],
    [
      'zstd of two frames',
      Buffer.concat([zstdCompressSync(TAR.subarray(0, half)), zstdCompressSync(TAR.subarray(half))]),
    ],
    [
      'zstd of many frames with skippable ones (zstd:chunked)',
      Buffer.concat([
        ...Array.from({ length: 60 }, (_, at) =>
          Buffer.concat([SKIPPABLE, zstdCompressSync(TAR.subarray(at * 3500, (at + 1) * 3500))]),
        ),
        SKIPPABLE,
      ]),
    ],
    ['zstd with checksums', zstdCompressSync(TAR, { params: { [constants.ZSTD_c_checksumFlag]: 1 } })],
  ];

  it.each(blobs)('%s is read to its end, in pieces of any size', async (_, blob) => {
    for (const pieceBytes of [blob.length, 4096, 997]) {
      const { events, result } = await read(blob, { pieceBytes });
      expect(result).toMatchObject({
        ok: true,
        value: { blobBytes: blob.length, tarBytes: TAR.length, entries: 3, rejectedCount: 0 },
      });
      expect(events).toEqual(EVENTS);
    }
  });

  it('may have a sha512 digest', async () => {
    const digest = `sha512:${createHash('sha512').update(TAR).digest('hex')}`;
    expect((await read(TAR, { digest })).result.ok).toBe(true);
  });

  it('may be empty', async () => {
    expect((await read(gzipSync(END_BLOCKS))).result).toMatchObject({ ok: true, value: { entries: 0 } });
    expect((await read(Buffer.alloc(0))).result).toMatchObject({ ok: true, value: { blobBytes: 0 } });
  });

  it('may come from a stream', async () => {
    const visitor = new RecordingVisitor();
    const result = await readLayer(Readable.from([TAR]), sha256(TAR), DEFAULT_LAYER_LIMITS, visitor, NEVER);
    expect(result.ok).toBe(true);
  });

  it('says how many entries it could not place', async () => {
    const tar = Buffer.concat([rawEntry({ name: '../x' }, 'x'), TAR]);
    expect((await read(tar)).result).toMatchObject({
      ok: true,
      value: { rejectedCount: 1, rejected: [{ name: '../x' }] },
    });
  });
});

describe('a bad layer', () => {
  const gz = gzipSync(TAR);
  const zst = zstdCompressSync(TAR);
  const damaged = Buffer.from(gz).fill(0xff, 100, 140);
  const wrong = sha256(Buffer.from('something else'));

  it.each<[string, Buffer, string, RegExp]>([
    ['HTML', Buffer.from(`<!DOCTYPE html>${'x'.repeat(3000)}`), 'not-a-tar', /does not start with a tar header/],
    ['gzip of HTML', gzipSync(`<!DOCTYPE html>${'x'.repeat(3000)}`), 'not-a-tar', /does not start with a tar header/],
    ['a few bytes', Buffer.from('hello'), 'not-a-tar', /5 bytes/],
    ['damaged gzip', damaged, 'not-a-tar', /gzip data is damaged/],
    ['gzip and junk', Buffer.concat([gz, Buffer.from('junkjunk')]), 'not-a-tar', /gzip data is damaged/],
    ['zstd and junk', Buffer.concat([zst, Buffer.from('junkjunk')]), 'not-a-tar', /zstd data is damaged/],
    ['cut gzip', gz.subarray(0, gz.length - 4), 'truncated', /gzip data ends/],
    ['cut zstd', zst.subarray(0, zst.length - 4), 'truncated', /zstd data ends/],
    ['zstd cut in a magic', Buffer.concat([zst, zst.subarray(0, 2)]), 'truncated', /zstd data ends/],
    ['gzip of a cut tar', gzipSync(TAR.subarray(0, 5000)), 'truncated', /middle of an entry/],
    ['bzip2', Buffer.from('425a68393141592653590000', 'hex'), 'unsupported-compression', /bzip2; rebuild the image/],
    ['xz', Buffer.from('fd377a585a000004e6d6b446', 'hex'), 'unsupported-compression', /xz/],
  ])('%s', async (_, blob, kind, message) => {
    const { result } = await read(blob);
    expect(result).toMatchObject({ ok: false, error: { kind, retryable: false } });
    expect(result.ok ? '' : result.error.message).toMatch(message);
    // Which layer it is, whoever has asked says.
    expect(result.ok ? '' : result.error.message).not.toContain(sha256(blob));
  });

  it.each([
    ['good', gz],
    ['cut', gz.subarray(0, 5000)],
    ['damaged', damaged],
    ['no tar', Buffer.from('<html>')],
    ['bzip2', Buffer.from('425a68393141592653590000', 'hex')],
  ])('a wrong digest is what is said of a %s one', async (_, blob) => {
    const { result } = await read(blob, { digest: wrong });
    expect(result).toMatchObject({
      ok: false,
      error: { kind: 'digest-mismatch', message: expect.stringContaining(sha256(blob)) },
    });
  });

  it('has a digest that can be checked', async () => {
    for (const digest of ['', 'md5:00', 'sha256:zz']) {
      expect((await read(TAR, { digest })).result).toMatchObject({ ok: false, error: { kind: 'digest-mismatch' } });
    }
  });
});

describe('limits', () => {
  const MIB = 1024 * 1024;

  it.each([
    ['gzip', gzipSync(Buffer.alloc(96 * MIB))],
    ['zstd', zstdCompressSync(Buffer.alloc(96 * MIB))],
  ])('stops a %s bomb by its ratio', async (_, blob) => {
    const { result } = await read(blob, { limits: { ratio: 200 } });
    expect(result).toMatchObject({
      ok: false,
      error: { kind: 'limit', message: expect.stringContaining('200 times') },
    });
  });

  it('stops a bomb before its input is read', async () => {
    let sent = 0;
    const gzip = createGzip();
    gzip.end(Buffer.alloc(96 * MIB));
    async function* bomb() {
      for await (const piece of gzip) yield piece;
      for (;;) {
        sent += 65536;
        yield Buffer.alloc(65536);
      }
    }
    const result = await readLayer(
      bomb(),
      sha256(Buffer.alloc(0)),
      { ...DEFAULT_LAYER_LIMITS, ratio: 200 },
      new RecordingVisitor(),
      NEVER,
    );
    expect(result).toMatchObject({ ok: false, error: { kind: 'limit' } });
    expect(sent).toBeLessThan(10 * MIB);
  });

  it.each<[string, Partial<LayerLimits>, RegExp]>([
    ['blob bytes', { blobBytes: 100 }, /larger than 100 bytes/],
    ['tar bytes', { tarBytes: 100_000 }, /more than 100000 bytes/],
    ['entries', { entries: 2 }, /more than 2 entries/],
  ])('%s', async (_, limits, message) => {
    const { result } = await read(gzipSync(TAR), { limits });
    expect(result).toMatchObject({ ok: false, error: { kind: 'limit' } });
    expect(result.ok ? '' : result.error.message).toMatch(message);
  });

  it('of a file costs that file', async () => {
    const { result, events } = await read(TAR, { limits: { fileBytes: 10 } });
    expect(result.ok).toBe(true);
    expect(events).toContain('skip var/lib/dpkg/status (11) limit');
  });
});

describe('a source that does not deliver', () => {
  function hanging(): { blob: AsyncIterable<Uint8Array>; returned: () => boolean } {
    let isReturned = false;
    const iterator: AsyncIterator<Uint8Array> = {
      next: () => new Promise(() => undefined),
      return: async () => {
        isReturned = true;
        return { done: true, value: undefined };
      },
    };
    return { blob: { [Symbol.asyncIterator]: () => iterator }, returned: () => isReturned };
  }

  it.each([
    ['idle', { idleMs: 20 }, /nothing arrived for 20 ms/],
    ['total', { timeoutMs: 20 }, /not finished after 20 ms/],
  ])('is given up after the %s time', async (_, limits, message) => {
    const { blob, returned } = hanging();
    const result = await readLayer(
      blob,
      sha256(TAR),
      { ...DEFAULT_LAYER_LIMITS, ...limits },
      new RecordingVisitor(),
      NEVER,
    );
    expect(result).toMatchObject({ ok: false, error: { kind: 'timeout', retryable: true } });
    expect(result.ok ? '' : result.error.message).toMatch(message);
    expect(returned()).toBe(true);
  });

  it('ends with the reason of the signal', async () => {
    const control = new AbortController();
    const { blob, returned } = hanging();
    const reading = readLayer(blob, sha256(TAR), DEFAULT_LAYER_LIMITS, new RecordingVisitor(), control.signal);
    control.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
    expect(returned()).toBe(true);
    await expect(
      readLayer(hanging().blob, sha256(TAR), DEFAULT_LAYER_LIMITS, new RecordingVisitor(), control.signal),
    ).rejects.toThrow('enough');
  });

  it('is reported with what it failed with', async () => {
    async function* broken() {
      yield TAR.subarray(0, 600);
      throw new Error('EIO: i/o error, read');
    }
    const result = await readLayer(broken(), sha256(TAR), DEFAULT_LAYER_LIMITS, new RecordingVisitor(), NEVER);
    expect(result).toMatchObject({
      ok: false,
      error: { kind: 'unreachable', message: expect.stringContaining('EIO') },
    });
  });

  it('lets through what a visitor throws, from any compression', async () => {
    const visitor = new RecordingVisitor();
    visitor.file = () => {
      throw new Error('a bug of the visitor');
    };
    for (const blob of [TAR, gzipSync(TAR), zstdCompressSync(TAR)]) {
      const reading = readLayer(inPieces(blob, 65536), sha256(blob), DEFAULT_LAYER_LIMITS, visitor, NEVER);
      await expect(reading).rejects.toThrow('a bug of the visitor');
    }
  });
});
