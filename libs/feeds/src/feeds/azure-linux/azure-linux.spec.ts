import { readFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import { sharedData } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { MalformedDocument } from '../../feed.ts';
import { partitionFor, readFeed } from '../../testing/read-feed.ts';
import { azureLinux } from './index.ts';

const document = readFileSync(new URL('fixtures/azurelinux-3.0-oval.xml', import.meta.url));
const partition = partitionFor('azurelinux:3.0');

describe('a document', () => {
  it.each([7, 100, 1_000_000])('reads as the golden file says, in pieces of %i bytes', async (pieceBytes) => {
    const result = await readFeed(azureLinux, partition, { document, pieceBytes });
    await expect(`${JSON.stringify(result, null, 2)}\n`).toMatchFileSnapshot(
      'fixtures/azurelinux-3.0-oval.golden.json',
    );
  });

  it('that is cut short throws', async () => {
    await expect(readFeed(azureLinux, partition, { document: document.subarray(0, -3) })).rejects.toThrow(
      MalformedDocument,
    );
  });
});

const DATA = 'feeds/azurelinux-oval';

// The numbers were counted in the same documents by a script in another language.
describe.each([
  {
    file: 'azurelinux-3.0-oval.2024-10-10.xml.zst',
    namespace: 'azurelinux:3.0',
    definitions: 1_222,
    notFixed: 0,
    notAffected: 1,
    rejections: 2,
  },
  {
    file: 'cbl-mariner-1.0-oval.2024-10-10.xml.zst',
    namespace: 'mariner:1.0',
    definitions: 2_252,
    notFixed: 126,
    notAffected: 78,
    rejections: 0,
  },
  {
    file: 'cbl-mariner-2.0-oval.2024-01-22.xml.zst',
    namespace: 'mariner:2.0',
    definitions: 2_436,
    notFixed: 160,
    notAffected: 132,
    rejections: 7,
  },
])('$file', (expected) => {
  const path = sharedData(`${DATA}/${expected.file}`);
  it.skipIf(path === undefined)(`reads in full${path === undefined ? ' (skipped: no shared data)' : ''}`, async () => {
    const real = zstdDecompressSync(readFileSync(path ?? ''));
    const { advisories, rejections } = await readFeed(azureLinux, partitionFor(expected.namespace), { document: real });
    const rows = advisories.flatMap(({ affected }) => affected);
    expect(advisories).toHaveLength(expected.definitions);
    expect(new Set(advisories.map(({ key }) => key)).size).toBe(expected.definitions);
    expect(new Set(rows.map(({ namespace }) => namespace))).toEqual(new Set([expected.namespace]));
    expect(rejections).toHaveLength(expected.rejections);
    expect(rows).toHaveLength(expected.definitions);
    expect(rows.filter(({ fixState }) => fixState === 'not-fixed')).toHaveLength(expected.notFixed);
    expect(rows.filter(({ status }) => status === 'not-affected')).toHaveLength(expected.notAffected);
    expect(rows.filter(({ status }) => status === 'undetermined')).toHaveLength(expected.rejections);
  });
});
