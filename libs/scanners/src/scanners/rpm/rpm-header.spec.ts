import { describe, expect, it } from 'vitest';
import { headerBytes, type MadeHeader, packageHeader } from '../../testing/rpm/header-bytes.ts';
import { toInstalledPackage } from './installed-package.ts';
import { readRpmHeader } from './rpm-header.ts';

function header(more: MadeHeader) {
  const read = readRpmHeader(packageHeader('demo', more));
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

function installed(more: MadeHeader): { shown: string; problems: number } {
  const read = toInstalledPackage(header(more));
  if (!read.ok || read.value === undefined) return { shown: read.ok ? 'a key' : read.error, problems: 0 };
  const { package: p, problems } = read.value;
  return { shown: `${p.version} ${p.source.name}=${p.source.version} ${p.module}`, problems: problems.length };
}

describe('toInstalledPackage', () => {
  it.each<{ what: string; more: MadeHeader; shown: string; problems?: number }>([
    { what: 'no epoch', more: {}, shown: '1.0-1 demo=1.0-1 ' },
    { what: 'epoch 0', more: { epoch: [0] }, shown: '1.0-1 demo=1.0-1 ' },
    { what: 'an epoch is its source’s too', more: { epoch: [2] }, shown: '2:1.0-1 demo=2:1.0-1 ' },
    { what: 'a large epoch', more: { epoch: [4_000_000_000] }, shown: '4000000000:1.0-1 demo=4000000000:1.0-1 ' },
    {
      what: 'a source of another name and release',
      more: { epoch: [2], sourceRpm: 'a-b-1.0-7.el9.src.rpm' },
      shown: '2:1.0-1 a-b=2:1.0-7.el9 ',
    },
    {
      what: 'a source of another version has an unknown epoch',
      more: { epoch: [2], sourceRpm: 'perl-5.26-1.src.rpm' },
      shown: '2:1.0-1 perl=5.26-1 ',
    },
    { what: 'nosrc', more: { sourceRpm: 'demo-1.0-1.nosrc.rpm' }, shown: '1.0-1 demo=1.0-1 ' },
    { what: 'no source', more: { sourceRpm: '' }, shown: '1.0-1 demo=1.0-1 ' },
    { what: 'a bad source', more: { sourceRpm: 'demo.src.rpm' }, shown: '1.0-1 demo=1.0-1 ', problems: 1 },
    { what: 'a binary as source', more: { sourceRpm: 'a-1-1.x86_64.rpm' }, shown: '1.0-1 demo=1.0-1 ', problems: 1 },
    {
      what: 'a module',
      more: { modularityLabel: 'nodejs:10:8020020:0:x86_64' },
      shown: '1.0-1 demo=1.0-1 nodejs:10',
    },
    { what: 'a module of three parts', more: { modularityLabel: 'a:b:c' }, shown: '1.0-1 demo=1.0-1 a:b' },
    { what: 'a label of two parts', more: { modularityLabel: 'a:b' }, shown: '1.0-1 demo=1.0-1 ', problems: 1 },
    { what: 'a label without stream', more: { modularityLabel: 'a::c' }, shown: '1.0-1 demo=1.0-1 ', problems: 1 },
    { what: 'no version', more: { version: '' }, shown: 'package "demo": no version' },
    { what: 'no release', more: { release: '' }, shown: 'package "demo": no release' },
    { what: 'a line end in a version', more: { version: '1\n' }, shown: 'package "demo": unfit characters' },
    { what: 'a key', more: { name: 'gpg-pubkey' }, shown: 'a key' },
  ])('$what', ({ more, shown, problems = 0 }) => {
    expect(installed(more)).toEqual({ shown, problems });
  });
});

const keyId = [0x19, 0x9e, 0x2f, 0x91, 0xfd, 0x43, 0x1d, 0x51];
const KEY = '199e2f91fd431d51';
const fingerprint = [...new Array<number>(12).fill(7), ...keyId];

/** Version 4: type, algorithms, hashed subpackets, unhashed subpackets, two bytes of the hash, numbers. */
function version4(hashed: readonly number[], unhashed: readonly number[]): number[] {
  return [4, 0, 1, 8, 0, hashed.length, ...hashed, 0, unhashed.length, ...unhashed, 1, 2, 0, 8, 255];
}

const created = [5, 2, 1, 2, 3, 4];
const issuer = [9, 16, ...keyId];
const issuerFingerprint = [22, 33, 4, ...fingerprint];
const longNote = [192, 8, 20, ...new Array<number>(199).fill(0)];

function packet(body: readonly number[]): Uint8Array {
  return Uint8Array.from([0x89, 0, body.length, ...body]);
}

describe('signatureKey', () => {
  const old = packet(version4(created, issuer));
  it.each<{ what: string; more: MadeHeader; key: string }>([
    { what: 'no signature', more: {}, key: '' },
    { what: 'RSA of the header', more: { rsaHeader: old }, key: KEY },
    { what: 'DSA of the header', more: { dsaHeader: old }, key: KEY },
    { what: 'PGP', more: { pgp: old }, key: KEY },
    { what: 'GPG', more: { gpg: old }, key: KEY },
    { what: 'version 3', more: { pgp: packet([3, 5, 0, 1, 2, 3, 4, ...keyId, 1, 8]) }, key: KEY },
    { what: 'an issuer that is hashed', more: { pgp: packet(version4([...created, ...issuer], [])) }, key: KEY },
    { what: 'a fingerprint', more: { pgp: packet(version4(issuerFingerprint, [])) }, key: KEY },
    {
      what: 'version 6, whose keys start with their id',
      more: {
        pgp: packet([6, 0, 1, 8, 0, 0, 0, 35, 34, 33, 6, ...keyId, ...new Array<number>(24).fill(1), 0, 0, 0, 0]),
      },
      key: KEY,
    },
    {
      what: 'a subpacket of a long length before it',
      more: { pgp: packet([4, 0, 1, 8, 0, 0, 0, longNote.length + issuer.length, ...longNote, ...issuer]) },
      key: KEY,
    },
    { what: 'a packet of the new form', more: { pgp: Uint8Array.from([0xc2, 30, ...version4([], issuer)]) }, key: KEY },
    { what: 'base64', more: { openPgp: { texts: [Buffer.from(old).toString('base64')] } }, key: KEY },
    { what: 'no issuer', more: { pgp: packet(version4(created, [])) }, key: '' },
    { what: 'another packet', more: { pgp: Uint8Array.from([0x99, 0, 4, 4, 1, 2, 3]) }, key: '' },
    { what: 'one that is cut off', more: { pgp: old.subarray(0, 20) }, key: '' },
    { what: 'a bad one before a good one', more: { rsaHeader: old.subarray(0, 9), pgp: old }, key: KEY },
  ])('$what', ({ more, key }) => {
    expect(header(more).signatureKey).toBe(key);
  });
});

describe('readRpmHeader', () => {
  it('gives vendor and payload digest', () => {
    const digest = 'a'.repeat(64);
    const { vendor, payloadDigest } = header({
      vendor: 'Demo, Inc.',
      payloadDigest: { texts: [digest] },
      payloadDigestAlgorithm: [8],
    });
    expect({ vendor, payloadDigest }).toEqual({ vendor: 'Demo, Inc.', payloadDigest: `sha256:${digest}` });
    expect(header({ payloadDigest: { texts: [digest] }, payloadDigestAlgorithm: [99] }).payloadDigest).toBe('');
  });

  it.each<{ what: string; more: MadeHeader; files: readonly string[] | string }>([
    { what: 'none', more: {}, files: [] },
    {
      what: 'directories and base names',
      more: {
        directoryNames: { texts: ['/usr/bin/', '/etc/'] },
        directoryIndexes: [1, 0, 0],
        baseNames: { texts: ['demo.conf', 'demo', '['] },
      },
      files: ['etc/demo.conf', 'usr/bin/demo', 'usr/bin/['],
    },
    { what: 'whole names', more: { oldFileNames: { texts: ['/bin/a', '/bin/b'] } }, files: ['bin/a', 'bin/b'] },
    {
      what: 'a directory there is not',
      more: { directoryNames: { texts: ['/'] }, directoryIndexes: [1], baseNames: { texts: ['a'] } },
      files: 'file 0 is in directory 1, which there is not',
    },
    {
      what: 'too few directory numbers',
      more: { directoryNames: { texts: ['/'] }, directoryIndexes: [0], baseNames: { texts: ['a', 'b'] } },
      files: '2 base names, 1 directory numbers',
    },
    {
      what: 'a path longer than any',
      more: { directoryNames: { texts: ['/d'.repeat(2048)] }, directoryIndexes: [0], baseNames: { texts: ['a'] } },
      files: 'file 0 has a path that is too long',
    },
  ])('files: $what', ({ more, files }) => {
    const read = header(more).files();
    expect(read.ok ? read.value : read.error).toEqual(files);
  });

  it('of two entries with one tag takes the later', () => {
    const bytes = headerBytes({ name: 'first', vendor: 'second' });
    new DataView(bytes.buffer).setUint32(24, 1000);
    const read = readRpmHeader(bytes);
    expect(read.ok && read.value.name).toBe('second');
  });

  it.each<[string, (bytes: Uint8Array, view: DataView) => void]>([
    ['fewer entries than it says', (_, view) => view.setUint32(0, 3)],
    ['more entries than it says', (_, view) => view.setUint32(0, 1)],
    ['no entries', (_, view) => view.setUint32(0, 0)],
    ['too many entries', (_, view) => view.setUint32(0, 0xffff_ffff)],
    ['more data than it says', (_, view) => view.setUint32(4, 1)],
    ['a type that there is not', (_, view) => view.setUint32(12, 10)],
    ['a name that is a number', (_, view) => view.setUint32(12, 4)],
    ['a name outside', (_, view) => view.setUint32(16, 0xffff_ffff)],
    ['a count outside', (_, view) => view.setUint32(20, 0xffff_ffff)],
    ['a name without end', (bytes) => bytes.fill(65, 40)],
    ['no name', (_, view) => view.setUint32(8, 1)],
  ])('refuses a header of %s', (_, change) => {
    const bytes = headerBytes({ name: 'demo', epoch: [1] });
    change(bytes, new DataView(bytes.buffer));
    expect(readRpmHeader(bytes)).toMatchObject({ ok: false, error: expect.stringMatching(/./) });
  });
});
