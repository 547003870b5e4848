import { readFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import { sharedData } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { MalformedDocument } from '../../feed.ts';
import { partitionFor, readFeed } from '../../testing/read-feed.ts';
import { photon } from './index.ts';

const document = readFileSync(new URL('fixtures/phsa.xml', import.meta.url));
const partition = partitionFor('photon:3.0');

describe('a document', () => {
  it.each([7, 100, 1_000_000])('reads as the golden file says, in pieces of %i bytes', async (pieceBytes) => {
    const result = await readFeed(photon, partition, { document, pieceBytes });
    await expect(`${JSON.stringify(result, null, 2)}\n`).toMatchFileSnapshot('fixtures/phsa.golden.json');
  });

  it('that is cut short throws', async () => {
    await expect(readFeed(photon, partition, { document: document.subarray(0, -3) })).rejects.toThrow(
      MalformedDocument,
    );
  });
});

const DATA = 'feeds/photon-oval';

// The numbers were counted in the same documents by a script in another language.
describe.each([
  {
    file: 'com.vmware.phsa-photon3.xml.zst',
    namespace: 'photon:3.0',
    definitions: 222,
    rejections: 0,
    rows: 778,
    critical: 61,
    withoutBulletin: 6,
  },
])('$file', (expected) => {
  const path = sharedData(`${DATA}/${expected.file}`);
  it.skipIf(path === undefined)(`reads in full${path === undefined ? ' (skipped: no shared data)' : ''}`, async () => {
    const real = zstdDecompressSync(readFileSync(path ?? ''));
    const { advisories, rejections } = await readFeed(photon, partitionFor(expected.namespace), { document: real });
    const rows = advisories.flatMap(({ affected }) => affected);
    expect(advisories).toHaveLength(expected.definitions);
    expect(new Set(advisories.map(({ key }) => key)).size).toBe(expected.definitions);
    expect(new Set(rows.map(({ namespace }) => namespace))).toEqual(new Set([expected.namespace]));
    expect(rejections).toHaveLength(expected.rejections);
    expect(rows).toHaveLength(expected.rows);
    const severities = advisories.map(({ affected }) => affected[0]?.severity);
    expect(severities.filter((severity) => severity === 'Critical')).toHaveLength(expected.critical);
    const bulletins = advisories.filter(({ affected }) => affected[0]?.bulletin === '');
    expect(bulletins).toHaveLength(expected.withoutBulletin);
    expect(advisories.every(({ upstream }) => upstream.length > 0)).toBe(true);
  });
});
