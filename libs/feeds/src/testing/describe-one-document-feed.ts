import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import { sharedData } from '@clair/testing';
import { expect, it } from 'vitest';
import { type Feed, MalformedDocument, type Partition } from '../feed.ts';
import { readFeed } from './read-feed.ts';

const archive = sharedData('feeds/vendor-samples/vunnel-all-provider-inputs.tar.zst');

export interface OneDocumentCase {
  readonly feed: Feed;
  readonly reponame: string;
  /** What is in the vendor's own document, shortened, by a script in another language. */
  readonly sample: { readonly advisories: number; readonly notAffected: number; readonly packages: number };
}

/** What holds for each feed that is one security database of an apk distribution. */
export function describeOneDocumentFeed({ feed, reponame, sample }: OneDocumentCase): void {
  const fixtures = new URL(`../feeds/${feed.id}/fixtures/`, import.meta.url);
  const fixture = readFileSync(new URL('security.json', fixtures));

  function partitionOf(options: { readonly url?: string }): Partition {
    const plan = feed.plan(options);
    const found = plan.ok && plan.value.kind === 'partitions' ? plan.value.partitions : [];
    expect(found).toHaveLength(1);
    if (found[0] === undefined) throw new Error('there is no partition');
    return found[0];
  }

  async function read(bytes: Uint8Array) {
    const { advisories, rejections } = await readFeed(feed, partitionOf({}), { document: bytes, pieceBytes: 100 });
    return { advisories, rejections };
  }

  it('reads as the golden file says', async () => {
    const golden = new URL('security.golden.json', fixtures).pathname;
    await expect(`${JSON.stringify(await read(fixture), null, 2)}\n`).toMatchFileSnapshot(golden);
  });

  it('refuses the database of another distribution', async () => {
    const other = fixture.toString().replace(`"reponame": "${reponame}"`, '"reponame": "main"');
    const message = `reponame is "main", where ${reponame} was asked for`;
    await expect(read(Buffer.from(other))).rejects.toThrow(new MalformedDocument(message));
  });

  it('is one document, where the operator says', () => {
    expect(partitionOf({})).toMatchObject({ name: 'all', namespaces: [feed.id] });
    const url = 'http://127.0.0.1:8000/security.json';
    expect(partitionOf({ url }).request.url).toBe(url);
  });

  it.skipIf(archive === undefined)(
    `the vendor's own, shortened${archive === undefined ? ' (skipped: no shared data)' : ''}`,
    async () => {
      const tar = zstdDecompressSync(readFileSync(archive ?? ''));
      const member = `tests/unit/providers/${feed.id}/test-fixtures/input/secdb/security.json`;
      const { advisories, rejections } = await read(execFileSync('tar', ['-x', '-O', member], { input: tar }));
      expect(rejections).toEqual([]);
      expect(advisories).toHaveLength(sample.advisories);
      const notAffected = advisories.filter(({ affected }) => affected[0]?.status === 'not-affected');
      expect(notAffected).toHaveLength(sample.notAffected);
      expect(new Set(advisories.map(({ affected }) => affected[0]?.package)).size).toBe(sample.packages);
    },
  );
}
