import { describe, expect, it } from 'vitest';
import { END_BLOCKS, paxEntry, RecordingVisitor, rawEntry, rawHeader, walk } from './raw-tar.fixture.ts';
import { TarWalker } from './tar-walker.ts';

const LONG = `very/${'long/'.repeat(40)}name`;

describe('entries that have no place', () => {
  const cases: readonly [string, Buffer, RegExp][] = [
    ['..', rawEntry({ name: 'a/../../b' }, 'x'), /out of the layer/],
    ['a link to ..', rawHeader({ name: 'l', type: '1', linkName: '../../etc/passwd' }), /out of the layer/],
    ['a link to nothing', rawHeader({ name: 'l', type: '1' }), /out of the layer/],
    ['no name', rawEntry({ name: '' }, 'x'), /empty/],
    ['an unknown type', rawEntry({ name: 'a', type: 'Z' }, 'x'), /unknown entry type "Z"/],
    ['a NUL in a PAX path', Buffer.concat([paxEntry({ path: 'a\0b' }), rawEntry({}, 'x')]), /out of the layer/],
    [
      'a PAX record that does not read',
      Buffer.concat([rawEntry({ type: 'x' }, '99 path=a\n'), rawEntry({ name: 'cut' }, 'x')]),
      /extended header/,
    ],
    [
      'a path that is too long',
      Buffer.concat([paxEntry({ path: 'a/'.repeat(2050) }), rawEntry({}, 'x')]),
      /4100 bytes; the limit is 4096/,
    ],
    [
      'a GNU name that is too long',
      Buffer.concat([rawEntry({ type: 'L' }, `${'a'.repeat(5000)}\0`), rawEntry({}, 'x')]),
      /5001 bytes/,
    ],
    [
      'a link target that is too long',
      Buffer.concat([paxEntry({ linkpath: 'a'.repeat(5000) }), rawHeader({ name: 'l', type: '1' })]),
      /5000 bytes/,
    ],
  ];

  it.each(cases)('%s costs that entry and no other', (_, entry, reason) => {
    const result = walk(
      Buffer.concat([rawEntry({ name: 'before' }, 'x'), entry, rawEntry({ name: 'after' }, 'y'), END_BLOCKS]),
    );
    expect(result).toMatchObject({
      events: ['file before = x', 'file after = y'],
      failure: undefined,
      rejectedCount: 1,
    });
    expect(result.rejected[0]?.reason).toMatch(reason);
  });

  it('are all counted, and the first of them named', () => {
    const tar = Buffer.concat(Array.from({ length: 70 }, (_, at) => rawHeader({ name: `../${at}` })));
    const result = walk(tar);
    expect(result.rejectedCount).toBe(70);
    expect(result.rejected).toHaveLength(50);
  });
});

describe('content', () => {
  const tar = Buffer.concat([
    rawEntry({ name: 'a' }, 'x'.repeat(1000)),
    rawEntry({ name: 'b' }, 'y'.repeat(512)),
    END_BLOCKS,
  ]);

  it('is not held when the visitor does not want it', () => {
    const visitor = new RecordingVisitor((path) => path === 'b');
    expect(walk(tar, { visitor }).events).toEqual(['skip a (1000) unwanted', `file b = ${'y'.repeat(512)}`]);
  });

  it('is not held above the limit, whatever the visitor wants', () => {
    expect(walk(tar, { limits: { fileBytes: 999 } }).events).toEqual([
      'skip a (1000) limit',
      `file b = ${'y'.repeat(512)}`,
    ]);
  });

  it.each([1, 7, 512, 513, 5000])('is passed by when its beginning is not wanted, in pieces of %i', (pieceBytes) => {
    const visitor = new RecordingVisitor();
    const heads: string[] = [];
    const read = Object.assign(visitor, {
      wantsContent(path: string, head: Uint8Array, fileBytes: number): boolean {
        heads.push(`${path} ${head.length} of ${fileBytes}`);
        return head[0] !== 0x78;
      },
    });
    const empty = Buffer.concat([rawEntry({ name: 'e' }, ''), tar]);
    expect(walk(empty, { visitor: read, pieceBytes })).toMatchObject({
      events: ['file e = ', 'skip a (1000) unwanted-content', `file b = ${'y'.repeat(512)}`],
      failure: undefined,
    });
    expect(heads).toEqual(['a 512 of 1000', 'b 512 of 512']);
  });

  it('is the same from the disk, in parts too', () => {
    const parts: string[] = [];
    const visitor = new RecordingVisitor();
    visitor.file = (path, { size, read }) => {
      parts.push(
        `${path} ${Buffer.from(read(0, size))} ${Buffer.from(read(size - 2, 10))} ${read(size + 5, 1).length}`,
      );
    };
    const walker = new TarWalker(visitor, { entries: 10, pathBytes: 100, fileBytes: 1000, memoryBytes: 600 });
    for (let at = 0; at < tar.length; at += 300) expect(walker.push(tar.subarray(at, at + 300))).toBeUndefined();
    expect(parts).toEqual([`a ${'x'.repeat(1000)} xx 0`, `b ${'y'.repeat(512)} yy 0`]);
  });

  const firstBytes = (limits: { readonly memoryBytes?: number }): readonly (number | undefined)[] => {
    const kept: Uint8Array[] = [];
    const visitor = new RecordingVisitor();
    visitor.file = (_, { size, read }) => void kept.push(read(0, size));
    const copy = Buffer.from(tar);
    new TarWalker(visitor, { entries: 10, pathBytes: 100, fileBytes: 1000, ...limits }).push(copy);
    copy.fill(0);
    return kept.map((bytes) => bytes[0]);
  };

  it('may be kept by the visitor', () => {
    expect(firstBytes({})).toEqual([0x78, 0x79]);
  });

  it('is gone when the next comes, where memory is bounded', () => {
    expect(firstBytes({ memoryBytes: 1000 })).toEqual([0x79, 0x79]);
  });
});

describe('failures', () => {
  const good = Buffer.concat([rawEntry({ name: 'a' }, 'hello'), rawEntry({ name: 'b' }, 'x'.repeat(600)), END_BLOCKS]);

  it.each([
    ['HTML', Buffer.from(`<!DOCTYPE html>${'x'.repeat(2000)}`)],
    ['less than a block', Buffer.from('hello')],
    ['zeros and then something', Buffer.concat([Buffer.alloc(32768), Buffer.from('CD001'.repeat(500))])],
    ['a wrong checksum', Buffer.concat([rawHeader({ checksum: 'wrong' }), END_BLOCKS])],
  ])('%s is no tar', (_, bytes) => {
    expect(walk(bytes)).toMatchObject({ events: [], failure: { kind: 'not-a-tar' } });
  });

  it('says where a tar is damaged', () => {
    const damaged = Buffer.from(good);
    damaged.fill('?', 1024 + 10, 1024 + 60);
    expect(walk(damaged)).toMatchObject({
      events: ['file a = hello'],
      failure: { kind: 'not-a-tar', message: expect.stringContaining('byte 1024') },
    });
  });

  it.each([
    ['negative', Buffer.from([0xff, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255])],
    ['beyond 2^53', Buffer.from([0x80, 0, 0, 0, 0xff, 255, 255, 255, 255, 255, 255, 255])],
    ['no number', Buffer.from('hello world\0')],
  ])('a size that is %s cannot be passed over', (_, sizeField) => {
    expect(walk(Buffer.concat([rawHeader({ sizeField }), END_BLOCKS]))).toMatchObject({
      failure: { kind: 'not-a-tar' },
    });
  });

  it('tells a cut tar from a whole one at every byte', () => {
    const lastContentByte = 512 + 512 + 512 + 600;
    for (let bytes = 1; bytes < good.length; bytes++) {
      const { failure } = walk(good.subarray(0, bytes));
      // Where a tar may end: after an entry, and after the content of the last one.
      const mayEnd = bytes === 1024 || (bytes >= 512 + 5 && bytes < 1024) || bytes >= lastContentByte;
      const kind = bytes < 512 ? 'not-a-tar' : 'truncated';
      expect({ bytes, kind: failure?.kind }).toEqual({ bytes, kind: mayEnd ? undefined : kind });
    }
  });

  it('is truncated after an extended header without its entry', () => {
    expect(walk(paxEntry({ path: 'a' }))).toMatchObject({ failure: { kind: 'truncated' } });
  });

  it('counts every header against the limit of entries', () => {
    const tar = Buffer.concat([paxEntry({ comment: 'x' }), rawEntry({ name: 'a' }, 'x'), rawEntry({ name: 'b' }, 'y')]);
    expect(walk(tar, { limits: { entries: 2 } })).toMatchObject({ events: ['file a = x'], failure: { kind: 'limit' } });
    expect(walk(tar, { limits: { entries: 3 } })).toMatchObject({ failure: undefined, entries: 3 });
  });

  it('does not hold an extended header of any size', () => {
    expect(walk(rawHeader({ type: 'x', size: 1024 * 1024 + 1 }))).toMatchObject({ failure: { kind: 'limit' } });
  });
});

it('never throws, whatever the bytes', () => {
  const tar = Buffer.concat([
    paxEntry({ path: LONG }),
    rawEntry({}, 'x'),
    rawHeader({ type: 'S', patch: { 482: 1 } }),
    rawEntry({ type: 'L' }, 'long\0'),
    rawEntry({ name: 'b' }, 'y'),
  ]);
  let seed = 1;
  const random = (below: number) => {
    seed = (seed * 48271) % 0x7fffffff;
    return seed % below;
  };
  for (let round = 0; round < 500; round++) {
    const mutated = Buffer.from(tar);
    for (let change = 0; change < 3; change++) mutated[random(mutated.length)] = random(256);
    // Repaired, so that the change gets past the checksum.
    for (let at = 0; at + 512 <= mutated.length; at += 512) {
      mutated.fill(' ', at + 148, at + 156);
      const sum = mutated.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
      mutated.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148, 'latin1');
    }
    expect(() => walk(mutated, { pieceBytes: 1 + random(2000) })).not.toThrow();
  }
});
