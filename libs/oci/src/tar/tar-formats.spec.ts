import { describe, expect, it } from 'vitest';
import { END_BLOCKS, paxEntry, rawBody, rawEntry, rawHeader, walk } from './raw-tar.fixture.ts';

const LONG = `very/${'long/'.repeat(40)}name`;
const GNU = 'ustar  \0';

describe('formats', () => {
  const cases: readonly [string, Buffer[], string[]][] = [
    ['ustar', [rawEntry({ name: 'a/b' }, 'hello')], ['file a/b = hello']],
    ['ustar prefix', [rawEntry({ name: 'name', prefix: 'some/dir' }, 'x')], ['file some/dir/name = x']],
    [
      'star: a shorter prefix',
      [rawEntry({ name: 'n', prefix: 'p', patch: { 476: '1234567', 508: 'tar\0' } }, 'x')],
      ['file p/n = x'],
    ],
    ['GNU: no prefix there', [rawEntry({ name: 'n', magic: GNU, prefix: '1234' }, 'x')], ['file n = x']],
    ['V7 file', [rawEntry({ name: 'old', magic: '', type: '\0' }, 'x')], ['file old = x']],
    ['V7 directory', [rawHeader({ name: 'old/', magic: '', type: '\0' })], ['dir old']],
    ['a slash after a regular file changes nothing', [rawEntry({ name: 'odd/', type: '0' }, 'x')], ['file odd = x']],
    ['contiguous file', [rawEntry({ name: 'c', type: '7' }, 'x')], ['file c = x']],
    ['name of exactly 100 bytes', [rawEntry({ name: 'n'.repeat(100) }, 'x')], [`file ${'n'.repeat(100)} = x`]],
    ['empty file', [rawHeader({ name: 'e' })], ['file e = ']],
    ['directory', [rawHeader({ name: './d/', type: '5' })], ['dir d']],
    [
      'symlink, devices, pipe',
      ['2', '3', '4', '6'].map((type) => rawHeader({ name: `t${type}`, type, linkName: 'x' })),
      ['other t2', 'other t3', 'other t4', 'other t6'],
    ],
    ['hard link', [rawHeader({ name: 'l', type: '1', linkName: './a/b' })], ['link l -> a/b']],
    ['the root is no entry', [rawHeader({ name: './', type: '5' }), rawHeader({ name: 'a', type: '5' })], ['dir a']],
    [
      'a size of a link is no content',
      [rawHeader({ name: 'l', type: '2', size: 4096 }), rawEntry({ name: 'b' }, 'x')],
      ['other l', 'file b = x'],
    ],
    ['volume label', [rawHeader({ name: 'label', type: 'V' }), rawEntry({ name: 'b' }, 'x')], ['file b = x']],
    [
      'base-256 size',
      [rawHeader({ name: 'big', sizeField: Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5]) }), rawBody('hello')],
      ['file big = hello'],
    ],
    ['signed checksum', [Buffer.concat([rawHeader({ name: 'é', checksum: 'signed' })])], ['file é = ']],
    [
      'size without leading zeros',
      [rawHeader({ name: 's', sizeField: Buffer.from('          5 ') }), rawBody('hello')],
      ['file s = hello'],
    ],
    [
      'GNU long name',
      [
        rawEntry({ name: '././@LongLink', type: 'L', magic: GNU }, `${LONG}\0`),
        rawEntry({ name: LONG.slice(0, 100), magic: GNU }, 'x'),
      ],
      [`file ${LONG} = x`],
    ],
    [
      'GNU long name and long link',
      [
        rawEntry({ name: '././@LongLink', type: 'K', magic: GNU }, `${LONG}\0`),
        rawEntry({ name: '././@LongLink', type: 'L', magic: GNU }, `${LONG}2\0`),
        rawHeader({ name: LONG.slice(0, 100), type: '1', linkName: LONG.slice(0, 100), magic: GNU }),
        rawEntry({ name: 'next' }, 'x'),
      ],
      [`link ${LONG}2 -> ${LONG}`, 'file next = x'],
    ],
    [
      'PAX path',
      [paxEntry({ path: LONG }), rawEntry({ name: 'cut' }, 'x'), rawEntry({ name: 'next' }, 'y')],
      [`file ${LONG} = x`, 'file next = y'],
    ],
    [
      'PAX linkpath',
      [paxEntry({ linkpath: LONG }), rawHeader({ name: 'l', type: '1', linkName: 'cut' })],
      [`link l -> ${LONG}`],
    ],
    [
      'PAX size',
      [paxEntry({ size: '5' }), rawHeader({ name: 'p' }), rawBody('hello'), rawEntry({ name: 'next' }, 'y')],
      ['file p = hello', 'file next = y'],
    ],
    [
      'PAX padded with NULs',
      [rawEntry({ type: 'x' }, '9 path=a\n\0\0'), rawEntry({ name: 'cut' }, 'x')],
      ['file a = x'],
    ],
    [
      'PAX global path, taken back',
      [
        paxEntry({ path: 'g' }, 'g'),
        rawEntry({}, 'x'),
        paxEntry({ path: 'l' }),
        rawEntry({}, 'y'),
        paxEntry({ path: '' }, 'g'),
        rawEntry({}, 'z'),
      ],
      ['file g = x', 'file l = y', 'file file = z'],
    ],
    [
      'PAX global comment (git archive)',
      [paxEntry({ comment: 'abc' }, 'g'), rawEntry({ name: 'a' }, 'x')],
      ['file a = x'],
    ],
    ['Solaris extended header', [rawEntry({ type: 'X' }, '9 path=a\n'), rawEntry({}, 'x')], ['file a = x']],
    [
      'old GNU sparse',
      [
        rawHeader({ name: 's', type: 'S', size: 600, magic: GNU }),
        rawBody('x'.repeat(600)),
        rawEntry({ name: 'n' }, 'y'),
      ],
      ['skip s (600) sparse', 'file n = y'],
    ],
    [
      'old GNU sparse with more map blocks',
      [
        rawHeader({ name: 's', type: 'S', size: 5, magic: GNU, patch: { 482: 1 } }),
        Buffer.concat([Buffer.alloc(504), Buffer.from([1]), Buffer.alloc(7)]),
        Buffer.alloc(512),
        rawBody('hello'),
        rawEntry({ name: 'n' }, 'y'),
      ],
      ['skip s (5) sparse', 'file n = y'],
    ],
    [
      'PAX sparse',
      [
        paxEntry({
          'GNU.sparse.major': '1',
          'GNU.sparse.minor': '0',
          'GNU.sparse.name': 'real',
          'GNU.sparse.realsize': '999',
        }),
        rawEntry({ name: 'GNUSparseFile.0/real' }, 'x'),
        rawEntry({ name: 'n' }, 'y'),
      ],
      ['skip real (1) sparse', 'file n = y'],
    ],
    [
      'a lone zero block',
      [rawEntry({ name: 'a' }, 'x'), Buffer.alloc(512), rawEntry({ name: 'b' }, 'y')],
      ['file a = x', 'file b = y'],
    ],
    [
      'tars one after the other',
      [rawEntry({ name: 'a' }, 'x'), END_BLOCKS, rawEntry({ name: 'b' }, 'y')],
      ['file a = x', 'file b = y'],
    ],
    [
      'something else after the end',
      [rawEntry({ name: 'a' }, 'x'), END_BLOCKS, Buffer.alloc(2000, 'junk')],
      ['file a = x'],
    ],
    ['nothing', [END_BLOCKS], []],
  ];

  it.each(cases)('%s', (_, blocks, expected) => {
    const tar = Buffer.concat([...blocks, END_BLOCKS]);
    expect(walk(tar)).toMatchObject({ events: expected, failure: undefined, rejectedCount: 0 });
    for (const pieceBytes of [1, 7, 511, 513]) expect(walk(tar, { pieceBytes }).events).toEqual(expected);
  });

  it('needs no end blocks, and no padding after the last file', () => {
    const tar = Buffer.concat([rawEntry({ name: 'a' }, 'x'), rawHeader({ name: 'b', size: 5 }), Buffer.from('hello')]);
    expect(walk(tar)).toMatchObject({ events: ['file a = x', 'file b = hello'], failure: undefined });
    expect(walk(Buffer.concat([rawEntry({ name: 'a' }, 'x'), Buffer.alloc(100)]))).toMatchObject({
      failure: undefined,
    });
  });

  it('keeps what is not UTF-8 in a name apart', () => {
    const names = [
      Buffer.from([0x61, 0xff]),
      Buffer.from([0x61, 0xfe]),
      Buffer.from([0xc3, 0xa9]),
      Buffer.from([0xe9, 0x2f, 0x62]),
    ];
    const { events } = walk(Buffer.concat(names.map((name) => rawHeader({ name }))));
    expect(events).toEqual(['file a\\xff = ', 'file a\\xfe = ', 'file é = ', 'file \\xe9/b = ']);
  });
});
