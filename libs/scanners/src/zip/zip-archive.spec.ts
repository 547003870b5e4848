import { type ZipOptions, zipArchive } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { bytesFile } from '../testing/scanned-file.ts';
import { readZip, zipMember } from './zip-archive.ts';

const MEMBERS = { 'a.txt': 'one', 'é/b.txt': 'two '.repeat(1000), empty: '' };

function contents(bytes: Uint8Array, bytesMax = 10_000): Record<string, string> | string {
  const source = bytesFile('x.zip', bytes);
  const zip = readZip(source);
  if (!zip.ok) return zip.error;
  return Object.fromEntries(
    zip.value.entries.map((entry) => {
      const member = zipMember(source, entry, { bytesMax });
      if (!member.ok) return [entry.name, `${member.error.kind}: ${member.error.reason}`];
      return [entry.name, Buffer.from(member.value.read(0, member.value.size)).toString()];
    }),
  );
}

function withSevenEntries(bytes: Buffer): Buffer {
  bytes.writeUInt16LE(7, bytes.length - 12);
  return bytes;
}

describe('an archive', () => {
  it.each<[string, ZipOptions]>([
    ['compressed', {}],
    ['stored', { isStored: true }],
    ['with a program before it', { prefix: '#!/bin/sh\nexec java -jar "$0"\n' }],
    ['with a comment that looks like an end', { comment: 'PK\x05\x06 and so on, to the end of the comment' }],
  ])('%s gives its members', (_, options) => {
    expect(contents(zipArchive(MEMBERS, options))).toEqual(MEMBERS);
  });

  it('of nothing is one', () => {
    expect(contents(zipArchive({}))).toEqual({});
  });

  it('does not inflate more than it may', () => {
    expect(contents(zipArchive(MEMBERS), 1_000)).toMatchObject({
      'a.txt': 'one',
      'é/b.txt': 'limit: inflated it has more than 1000 bytes',
    });
  });

  it('whose directory lies about sizes is not believed', () => {
    const bytes = zipArchive({ bomb: Buffer.alloc(1_000_000) });
    const directory = bytes.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1'));
    bytes.writeUInt32LE(10, directory + 24);
    expect(contents(bytes, 100_000)).toEqual({ bomb: 'limit: inflated it has more than 100000 bytes' });
  });

  it.each<[string, (bytes: Buffer) => Buffer, string | object]>([
    ['none', () => Buffer.from('not a zip at all, but long enough for one'), 'not a zip: it has no directory'],
    ['cut short', (bytes) => bytes.subarray(0, -30), 'not a zip: it has no directory'],
    ['of fewer entries than it says', withSevenEntries, 'its directory is damaged'],
  ])('that is %s says so', (_, damage, expected) => {
    expect(contents(damage(zipArchive({ 'a.txt': 'one' })))).toEqual(expected);
  });

  it.each<[string, number, number, string]>([
    ['encrypted', 8, 1, 'malformed: it is encrypted'],
    ['compressed in another way', 10, 12, 'malformed: it is compressed by method 12'],
    ['not where it should be', 42, 5, 'malformed: it is not where the directory says'],
  ])('with a member that is %s says so', (_, at, value, expected) => {
    const bytes = zipArchive({ 'a.txt': 'one' });
    bytes.writeUInt16LE(value, bytes.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1')) + at);
    expect(contents(bytes)).toEqual({ 'a.txt': expected });
  });

  it('never throws, wherever it is damaged', () => {
    const whole = zipArchive(MEMBERS);
    for (let at = 0; at < whole.length; at += 1) {
      for (const value of [0, 0xff]) {
        const damaged = Buffer.from(whole);
        damaged[at] = value;
        expect(() => contents(damaged)).not.toThrow();
      }
    }
  });
});
