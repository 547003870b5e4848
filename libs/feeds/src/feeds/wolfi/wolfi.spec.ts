import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import type { Advisory, Rejection } from '@clair/model';
import { sharedData } from '@clair/testing';
import { expect, it } from 'vitest';
import { MalformedDocument, type Partition } from '../../feed.ts';
import { wolfi } from './index.ts';

const fixture = readFileSync(new URL('fixtures/security.json', import.meta.url));

function partition(): Partition {
  const plan = wolfi.plan({});
  const found = plan.ok && plan.value.kind === 'partitions' ? plan.value.partitions[0] : undefined;
  if (found === undefined) throw new Error('there is no partition');
  return found;
}

async function* documentOf(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100);
}

async function read(bytes: Uint8Array): Promise<{ advisories: Advisory[]; rejections: Rejection[] }> {
  const advisories: Advisory[] = [];
  const rejections: Rejection[] = [];
  for await (const result of wolfi.parse(partition(), documentOf(bytes))) {
    if (result.ok) advisories.push(result.value);
    else rejections.push(result.error);
  }
  return { advisories, rejections };
}

it('reads as the golden file says', async () => {
  const result = await read(fixture);
  await expect(`${JSON.stringify(result, null, 2)}\n`).toMatchFileSnapshot('fixtures/security.golden.json');
});

it('refuses the database of another distribution', async () => {
  const other = fixture.toString().replace('"reponame": "os"', '"reponame": "main"');
  const message = 'reponame is "main", where os was asked for';
  await expect(read(Buffer.from(other))).rejects.toThrow(new MalformedDocument(message));
});

it('is one document, where the operator says', () => {
  expect(partition()).toMatchObject({ name: 'all', namespaces: ['wolfi'] });
  const plan = wolfi.plan({ url: 'http://127.0.0.1:8000/security.json' });
  expect(
    plan.ok && plan.value.kind === 'partitions' && plan.value.partitions.map(({ request }) => request.url),
  ).toEqual(['http://127.0.0.1:8000/security.json']);
});

const archive = sharedData('feeds/vendor-samples/vunnel-all-provider-inputs.tar.zst');
const member = 'tests/unit/providers/wolfi/test-fixtures/input/secdb/security.json';

// Counted in the same document by a script in another language.
it.skipIf(archive === undefined)(
  `the vendor's own, shortened${archive === undefined ? ' (skipped: no shared data)' : ''}`,
  async () => {
    const tar = zstdDecompressSync(readFileSync(archive ?? ''));
    const { advisories, rejections } = await read(execFileSync('tar', ['-x', '-O', member], { input: tar }));
    expect(rejections).toEqual([]);
    expect(advisories).toHaveLength(59);
    expect(advisories.filter(({ affected }) => affected[0]?.status === 'not-affected')).toHaveLength(6);
    expect(new Set(advisories.map(({ affected }) => affected[0]?.package)).size).toBe(27);
  },
);
