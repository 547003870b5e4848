import { describe, expect, it } from 'vitest';
import { ChangedRecords } from './changed-records.ts';
import { decodeRecordHashes, encodeRecordHashes, type RecordHashes } from './record-hashes.ts';
import type { SpoolWriter } from './spool.ts';

/** A spool that keeps what it is given. */
function spool(): SpoolWriter & { readonly written: string[] } {
  const written: string[] = [];
  const unused = () => Promise.reject(new Error('not of use here'));
  return {
    written,
    end: 0,
    write: unused,
    truncate: unused,
    close: unused,
    writeEncoded: async (bytes) => void written.push(Buffer.from(bytes).toString()),
  };
}

async function read(before: RecordHashes | undefined, records: Iterable<readonly [string, string]>) {
  const changes = spool();
  const changed = new ChangedRecords(before, changes, { omits: true });
  for (const [key, message] of records) await changed.take(key, Buffer.from(message));
  return { changed, written: changes.written };
}

const TEN = Array.from({ length: 10 }, (_, index): readonly [string, string] => [`key ${index}`, `message ${index}`]);

describe('ChangedRecords', () => {
  it('knows nothing to send as changes when nothing was sent before', async () => {
    const { changed, written } = await read(undefined, TEN);
    expect(changed.changes).toBeUndefined();
    expect(changed.hashes?.size).toBe(10);
    expect(written).toEqual([]);
  });

  it('finds every single change, whichever record it is', async () => {
    const { hashes } = (await read(undefined, TEN)).changed;
    for (const [index, [key]] of TEN.entries()) {
      const { changed, written } = await read(hashes, TEN.with(index, [key, 'another message']));
      expect(changed.changes).toEqual({ advisories: 1, endedKeys: [] });
      expect(written).toEqual(['another message']);
      const ended = await read(hashes, TEN.toSpliced(index, 1));
      expect(ended.changed.changes).toEqual({ advisories: 0, endedKeys: [key] });
    }
  });

  it('tells changes of up to half of the records, and no more', async () => {
    const { hashes } = (await read(undefined, TEN)).changed;
    const withChanged = (count: number) => TEN.map(([key, said], at) => [key, at < count ? 'new' : said] as const);
    expect((await read(hashes, withChanged(5))).changed.changes).toEqual({ advisories: 5, endedKeys: [] });
    expect((await read(hashes, withChanged(6))).changed.changes).toBeUndefined();
  });

  it('remembers nothing of a document of too many records', async () => {
    const many = Array.from({ length: 100_001 }, (_, index) => [String(index), ''] as const);
    expect((await read(undefined, many.slice(1))).changed.hashes?.size).toBe(100_000);
    expect((await read(undefined, many)).changed.hashes).toBeUndefined();
  });
});

describe('what is stored of the hashes', () => {
  it('gives them back, whatever the keys are', async () => {
    const keys = ['', 'CVE-2024-1/zlib', 'a\nb', '"\\', 'ü€𝄞', '__proto__'];
    const { hashes } = (
      await read(
        undefined,
        keys.map((key) => [key, key] as const),
      )
    ).changed;
    expect(hashes?.size).toBe(keys.length);
    expect(decodeRecordHashes(encodeRecordHashes(hashes ?? new Map()))).toEqual(hashes);
  });

  it.each([
    ['no zstd', Buffer.from('{}')],
    ['nothing', Buffer.alloc(0)],
    ['cut', encodeRecordHashes(new Map(TEN)).subarray(0, 20)],
  ])('is not believed when it is damaged: %s', (_, bytes) => {
    expect(decodeRecordHashes(bytes)).toBeUndefined();
  });
});
