import { readFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import type { Advisory, Rejection } from '@clair/model';
import { sharedData } from '@clair/testing';
import { expect, it } from 'vitest';
import { MalformedDocument, type Partition } from '../../feed.ts';
import { rocky } from './index.ts';

function plannedPartition(options = {}): Partition {
  const plan = rocky.plan(options);
  const [partition] = plan.ok && plan.value.kind === 'partitions' ? plan.value.partitions : [];
  if (partition === undefined) throw new Error('there is no partition');
  return partition;
}

async function* documentOf(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}

async function read(documents: Iterable<string>): Promise<{ advisories: Advisory[]; rejections: Rejection[] }> {
  const advisories: Advisory[] = [];
  const rejections: Rejection[] = [];
  for (const document of documents) {
    for await (const result of rocky.parse(plannedPartition(), documentOf(document))) {
      if (result.ok) advisories.push(result.value);
      else rejections.push(result.error);
    }
  }
  return { advisories, rejections };
}

it('reads records as the golden file says', async () => {
  const records: unknown[] = JSON.parse(readFileSync(new URL('fixtures/records.json', import.meta.url), 'utf8'));
  const result = await read(records.map((record) => JSON.stringify(record)));
  await expect(`${JSON.stringify(result, null, 2)}\n`).toMatchFileSnapshot('fixtures/records.golden.json');
});

it('asks for one archive of all releases', () => {
  const { request, namespaces } = plannedPartition();
  expect(request.url).toBe('https://osv-vulnerabilities.storage.googleapis.com/Rocky%20Linux/all.zip');
  expect(namespaces).toEqual(['rocky:8', 'rocky:9', 'rocky:10']);
  expect(plannedPartition({ url: 'http://127.0.0.1:8000/all.zip' }).request.url).toBe('http://127.0.0.1:8000/all.zip');
});

it('follows the log of changes beside the archive; a copy of the archive need not have one', () => {
  const bucket = 'https://osv-vulnerabilities.storage.googleapis.com/Rocky%20Linux/';
  const own = plannedPartition().changes;
  expect(own?.requests.map(({ url }) => url)).toEqual([`${bucket}modified_id.csv`]);
  expect(own?.mayBeAbsent).toBeUndefined();
  const read = own?.read(
    ['2026-01-02T00:00:00Z,XLSA-2026:0001\n2025-01-01T00:00:00Z,XLSA-2025:0001\n'],
    '2026-01-01T00:00:00Z',
  );
  expect(read?.ok && read.value.map(({ request }) => request?.url)).toEqual([`${bucket}XLSA-2026%3A0001.json`]);
  const copy = plannedPartition({ url: 'https://mirror.example/osv/all.zip' }).changes;
  expect(copy?.requests.map(({ url }) => url)).toEqual(['https://mirror.example/osv/modified_id.csv']);
  expect(copy?.mayBeAbsent).toBe(true);
});

it('throws on a member that is no record', async () => {
  await expect(read(['{"error":"NoSuchKey"}'])).rejects.toThrow(MalformedDocument);
});

const mixed = sharedData('feeds/osv-mixed/osv-mixed.jsonl.zst');

// The numbers were counted in the same records by a script in another language.
it.skipIf(mixed === undefined)(
  `119 real records${mixed === undefined ? ' (skipped: no shared data)' : ''}`,
  { timeout: 60_000 },
  async () => {
    const lines = zstdDecompressSync(readFileSync(mixed ?? ''))
      .toString('utf8')
      .split('\n');
    const { advisories, rejections } = await read(
      lines.filter((line) => /^\{"id": ?"R[LX]SA-|"id": ?"R[LX]SA-/.test(line)),
    );
    expect(rejections.map((rejection) => rejection.at)).toEqual(['RXSA-2024:5101', 'RXSA-2024:6567', 'RXSA-2025:1262']);
    expect(advisories).toHaveLength(116);
    const rows = advisories.flatMap((advisory) => advisory.affected);
    const namespaces = ['rocky:8', 'rocky:9', 'rocky:10'];
    expect(namespaces.map((namespace) => rows.filter((row) => row.namespace === namespace).length)).toEqual([
      47, 42, 30,
    ]);
    expect(
      rows
        .filter((row) => row.module !== '')
        .map((row) => row.module)
        .sort(),
    ).toEqual(['nginx:1.22', 'nginx:1.24', 'ruby:3.3', 'ruby:3.3', 'ruby:3.3']);
    expect(advisories.filter((advisory) => advisory.upstream.length === 0).map((advisory) => advisory.key)).toEqual([]);
    expect(rows.filter((row) => row.normalizedSeverity === 'Unknown')).toEqual([]);
  },
);
