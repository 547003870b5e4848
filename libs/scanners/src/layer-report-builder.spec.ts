import { describe, expect, it } from 'vitest';
import { contentOf } from './layer-content.ts';
import { LayerReportBuilder } from './layer-report-builder.ts';
import {
  big,
  decode,
  directory,
  dpkgStatus,
  encode,
  file,
  hardlink,
  NAMED_SCANNERS,
  other,
  reportOf,
  streamed,
} from './testing/layer-dsl.ts';

const STATUS = 'var/lib/dpkg/status';
const MIB = 1024 * 1024;

describe('wants', () => {
  const builder = new LayerReportBuilder({ scanners: NAMED_SCANNERS, decode, alsoWanted: ['usr/share/blob'] });
  it.each([
    { path: STATUS, bytesMax: 64 * MIB },
    { path: 'etc/os-release', bytesMax: 64 * 1024 },
    { path: 'usr/share/blob', bytesMax: 2048 * MIB },
    { path: 'usr/share/blobs', bytesMax: 0 },
    { path: 'var/lib/dpkg/status.d/.wh.base', bytesMax: 0 },
    { path: '', bytesMax: 0 },
  ])('$path: $bytesMax bytes', ({ path, bytesMax }) => {
    expect(builder.wants(path)).toBe(bytesMax);
  });
});

describe('whiteouts', () => {
  it('are resolved to what they remove, whichever method they come through', () => {
    const report = reportOf([
      file('.wh.a'),
      file('b/.wh.c'),
      other('b/.wh.d'),
      directory('b/.wh.e'),
      hardlink('b/.wh.f', 'x'),
      file('.wh..wh..opq'),
      file('b/.wh..wh..opq'),
      directory('.wh..wh.plnk'),
      file('.wh..wh.aufs'),
    ]);
    expect(report.whiteouts).toEqual(['a', 'b/c', 'b/d', 'b/e', 'b/f']);
    expect(report.opaques).toEqual(['', 'b']);
    expect(report.replaced).toEqual([]);
    expect(report.problems).toEqual([]);
  });

  it.each(['.wh.', 'b/.wh..', 'b/.wh...'])('that name nothing are problems: %s', (path) => {
    const report = reportOf([file(path)]);
    expect(report.whiteouts).toEqual([]);
    expect(report.problems.map(({ path: at, kind }) => [at, kind])).toEqual([[path, 'malformed']]);
  });
});

describe('replaced', () => {
  it('lists what may hide something of a lower layer, and not the bulk of the files', () => {
    const report = reportOf([
      other('lib'),
      other('usr/lib/libz.so'),
      file(STATUS, ''),
      file('usr/share/README'),
      file('usr/share/status.d'),
      file('opt/app-1.2'),
      file('root/.cache'),
      file('usr/share/doc.html'),
      file('usr/share/x.tar.gz'),
      hardlink('usr/share/y.gz', 'usr/share/x.tar.gz'),
      directory('usr/include'),
    ]);
    expect(report.replaced).toEqual([
      'lib',
      'opt/app-1.2',
      'root/.cache',
      'usr/lib/libz.so',
      'usr/share/README',
      'usr/share/status.d',
      STATUS,
    ]);
  });
});

describe('hard links', () => {
  const toUnwanted = [file('x', dpkgStatus('a=1')), hardlink(STATUS, 'x')];

  it('to a file that has gone by ask for a second pass, which leaves none', () => {
    const first = streamed(toUnwanted, new LayerReportBuilder({ scanners: NAMED_SCANNERS, decode }));
    expect(first.unresolvedLinks()).toEqual(['x']);
    const second = streamed(
      toUnwanted,
      new LayerReportBuilder({ scanners: NAMED_SCANNERS, decode, alsoWanted: ['x'] }),
    );
    expect(second.unresolvedLinks()).toEqual([]);
    const { files, problems } = second.finish({ blobBytes: 1, tarBytes: 2 });
    expect(files.map(({ path, packages }) => [path, packages.length])).toEqual([[STATUS, 1]]);
    expect(problems).toEqual([]);
  });

  it('that stay unresolved are problems, never silence', () => {
    const report = streamed(toUnwanted, new LayerReportBuilder({ scanners: NAMED_SCANNERS, decode })).finish({
      blobBytes: 0,
      tarBytes: 0,
    });
    expect(report.problems.map(({ path, kind }) => [path, kind])).toEqual([[STATUS, 'incomplete']]);
  });

  it('to a wanted file or to a lower layer ask for nothing', () => {
    const builder = streamed(
      [file(STATUS, dpkgStatus('a=1')), hardlink('b/dpkg/status', STATUS), hardlink('c/dpkg/status', 'd/dpkg/status')],
      new LayerReportBuilder({ scanners: NAMED_SCANNERS, decode }),
    );
    expect(builder.unresolvedLinks()).toEqual([]);
    expect(builder.finish({ blobBytes: 0, tarBytes: 0 }).links).toEqual([
      { path: 'c/dpkg/status', target: 'd/dpkg/status' },
    ]);
  });

  it('to a file that is too large even for the second pass are problems of the limit', () => {
    const report = reportOf([big('x'), hardlink(STATUS, 'x')]);
    expect(report.problems.map(({ path, kind }) => [path, kind])).toEqual([[STATUS, 'limit']]);
  });

  it('to a file whose bytes did not fit the budget ask for a second pass', () => {
    const bytes = new Uint8Array(17 * MIB).fill(0x0a);
    bytes.set(encode(dpkgStatus('a=1')));
    const pass = (builder: LayerReportBuilder): LayerReportBuilder => {
      builder.file('x', contentOf(bytes));
      builder.hardlink('b/dpkg/status', 'x');
      return builder;
    };
    expect(pass(new LayerReportBuilder({ scanners: NAMED_SCANNERS, decode })).unresolvedLinks()).toEqual(['x']);
    const second = pass(new LayerReportBuilder({ scanners: NAMED_SCANNERS, decode, alsoWanted: ['x'] })).finish({
      blobBytes: 0,
      tarBytes: 0,
    });
    expect(second.files.map(({ path, packages }) => [path, packages.length])).toEqual([['b/dpkg/status', 1]]);
  });

  it('do not see what the caller does with its buffer afterwards', () => {
    const builder = new LayerReportBuilder({ scanners: NAMED_SCANNERS, decode });
    const bytes = encode(dpkgStatus('a=1'));
    builder.file(STATUS, contentOf(bytes));
    bytes.fill(0);
    builder.hardlink('b/dpkg/status', STATUS);
    expect(builder.finish({ blobBytes: 0, tarBytes: 0 }).files.map(({ packages }) => packages.length)).toEqual([1, 1]);
  });
});

describe('a wanted file that was not read', () => {
  it.each([
    { what: 'unread', kind: 'incomplete' },
    { what: 'too-large', kind: 'limit' },
  ] as const)('$what: a problem, no findings, and it replaces', ({ what, kind }) => {
    const builder = new LayerReportBuilder({ scanners: NAMED_SCANNERS, decode });
    builder.file(STATUS, what);
    const report = builder.finish({ blobBytes: 0, tarBytes: 0 });
    expect(report).toMatchObject({ files: [], replaced: [STATUS] });
    expect(report.problems).toMatchObject([{ scanner: 'dpkg', path: STATUS, kind }]);
  });

  it('and was given to skip is a problem too', () => {
    const builder = new LayerReportBuilder({ scanners: NAMED_SCANNERS, decode });
    builder.skip(STATUS);
    expect(builder.finish({ blobBytes: 0, tarBytes: 0 }).problems).toMatchObject([
      { path: STATUS, kind: 'incomplete' },
    ]);
  });
});

describe('finish', () => {
  it('passes the sizes on and gives the same report for the same entries in another order', () => {
    const entries = [file(STATUS, dpkgStatus('a=1')), other('lib'), file('.wh.x'), file('bin/sh')];
    const report = streamed(entries, new LayerReportBuilder({ scanners: NAMED_SCANNERS, decode })).finish({
      blobBytes: 7,
      tarBytes: 9,
    });
    expect(report).toMatchObject({ blobBytes: 7, tarBytes: 9 });
    const again = streamed(entries.toReversed(), new LayerReportBuilder({ scanners: NAMED_SCANNERS, decode })).finish({
      blobBytes: 7,
      tarBytes: 9,
    });
    expect(again).toEqual(report);
  });
});
