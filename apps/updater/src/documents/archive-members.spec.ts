import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ArchiveEntry, tarOf, zipOf } from '../testing/archives.ts';
import { ARCHIVE_LIMITS } from './archive-member.ts';
import { archiveMembers } from './archive-members.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'archive-members-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

type Format = 'zip' | 'tar';

async function read(format: Format, bytes: Uint8Array, limits = ARCHIVE_LIMITS): Promise<Record<string, string>> {
  const path = join(directory, 'archive');
  await writeFile(path, bytes);
  const found: Record<string, string> = {};
  const content = { format, wants: (name: string) => name.endsWith('.json'), memberBytesMax: 1000 };
  for await (const member of archiveMembers({ path, content: createReadStream(path) }, content, limits)) {
    if ('rejected' in member) {
      found[member.path] = `rejected: ${member.rejected}`;
      continue;
    }
    const pieces: Uint8Array[] = [];
    for await (const piece of member.document) pieces.push(piece);
    found[member.path] = Buffer.concat(pieces).toString();
  }
  return found;
}

const ENTRIES: readonly ArchiveEntry[] = [
  { path: 'README', content: 'not wanted' },
  { path: '2024/a.json', content: 'first' },
  { path: 'large.json', content: 'x'.repeat(1001) },
  { path: 'empty.json', content: '' },
  { path: '2024/b.json', content: 'second' },
];
const FOUND = {
  '2024/a.json': 'first',
  'large.json': 'rejected: 1001 bytes; the limit is 1000',
  'empty.json': '',
  '2024/b.json': 'second',
};

describe.each<[string, Format, (entries: readonly ArchiveEntry[]) => Buffer]>([
  ['zip', 'zip', zipOf],
  ['zip, stored', 'zip', (entries) => zipOf(entries.map((entry) => ({ ...entry, method: 0 })))],
  ['tar', 'tar', tarOf],
  ['tar.gz', 'tar', (entries) => gzipSync(tarOf(entries))],
  ['tar.zst', 'tar', (entries) => zstdCompressSync(tarOf(entries))],
])('%s', (name, format, make) => {
  it('gives the wanted members, and says which are too large', async () => {
    expect(await read(format, make(ENTRIES))).toEqual(FOUND);
  });

  it('without a wanted member is malformed', async () => {
    await expect(read(format, make([{ path: 'README', content: 'x' }]))).rejects.toThrow(/none of the documents/);
    await expect(read(format, make([]))).rejects.toThrow(/none of the documents/);
  });

  it('cut short is malformed', async () => {
    const whole = make(ENTRIES);
    const step = Math.ceil(whole.length / 60);
    // A plain tar may lack its padding and end between two entries; that the download was cut, its length says then.
    const everywhere = Array.from({ length: 60 }, (_, i) => i * step).filter((length) => length < whole.length);
    for (const length of name === 'tar' ? [100, 515, 1100, 1538, 3000] : everywhere) {
      await expect(read(format, whole.subarray(0, length)), `${length}`).rejects.toThrow();
    }
  });

  it('that is HTML is malformed', async () => {
    await expect(read(format, Buffer.from(`<html>${'Sign in. '.repeat(200)}`))).rejects.toThrow(/zip|tar/);
  });

  it('with more entries than there may be is malformed', async () => {
    await expect(read(format, make(ENTRIES), { ...ARCHIVE_LIMITS, entriesMax: 4 })).rejects.toThrow(/entries/);
  });
});

describe('a zip', () => {
  const good = { path: 'good.json', content: 'good' };
  it.each<[string, Partial<ArchiveEntry>, string]>([
    ['encrypted', { flags: 1 }, 'rejected: it is encrypted'],
    ['compressed otherwise', { method: 14 }, 'rejected: compression method 14 of zip is not supported'],
  ])('with a member that is %s keeps the others', async (_, fields, said) => {
    const zip = zipOf([{ path: 'odd.json', content: 'odd', ...fields }, good]);
    expect(await read('zip', zip)).toEqual({ 'odd.json': said, 'good.json': 'good' });
  });

  it.each<[string, Partial<ArchiveEntry>, RegExp]>([
    ['another checksum', { checksum: 1 }, /another checksum/],
    ['more bytes than it says', { size: 2 }, /damaged/],
    ['fewer bytes than it says', { size: 200 }, /damaged/],
  ])('with a member of %s is damaged', async (_, fields, message) => {
    await expect(read('zip', zipOf([good, { path: 'x.json', content: 'content', ...fields }]))).rejects.toThrow(
      message,
    );
  });

  it('is indifferent to names that lead elsewhere', async () => {
    const zip = zipOf([
      { path: '../../etc/up.json', content: 'up' },
      { path: '/root.json', content: 'root' },
    ]);
    expect(await read('zip', zip)).toEqual({ '../../etc/up.json': 'up', 'root.json': 'root' });
  });

  it('that inflates to too much is damaged, wherever that is', async () => {
    const limits = { ...ARCHIVE_LIMITS, inflatedBytesMax: 1500 };
    const members = [1, 2].map((i) => ({ path: `${i}.json`, content: 'x'.repeat(900) }));
    await expect(read('zip', zipOf(members), limits)).rejects.toThrow(/inflates to more than 1500/);
  });
});

it('a tar with a name that leads out of it loses that entry', async () => {
  const tar = tarOf([{ path: '../up.json', content: 'x' }, ...ENTRIES]);
  expect(await read('tar', tar)).toMatchObject({ ...FOUND, '../up.json': expect.stringContaining('leads out') });
});
