import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Advisory, Affected, Rejection } from '@clair/model';
import { sharedData } from '@clair/testing';
import { expect, it } from 'vitest';
import { MalformedDocument, type Partition } from '../../feed.ts';
import { almalinux } from './index.ts';

function plannedPartition(options = {}): Partition {
  const plan = almalinux.plan(options);
  const [partition] = plan.ok && plan.value.kind === 'partitions' ? plan.value.partitions : [];
  if (partition === undefined) throw new Error('there is no partition');
  return partition;
}

async function* documentOf(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes.subarray(0, 10);
  yield bytes.subarray(10);
}

async function read(documents: Iterable<Uint8Array>): Promise<{ advisories: Advisory[]; rejections: Rejection[] }> {
  const advisories: Advisory[] = [];
  const rejections: Rejection[] = [];
  for (const document of documents) {
    for await (const result of almalinux.parse(plannedPartition(), documentOf(document))) {
      if (result.ok) advisories.push(result.value);
      else rejections.push(result.error);
    }
  }
  return { advisories, rejections };
}

it('reads records as the golden file says', async () => {
  const records: unknown[] = JSON.parse(readFileSync(new URL('fixtures/records.json', import.meta.url), 'utf8'));
  const result = await read(records.map((record) => Buffer.from(JSON.stringify(record))));
  await expect(`${JSON.stringify(result, null, 2)}\n`).toMatchFileSnapshot('fixtures/records.golden.json');
});

it('asks for one archive of all releases, of which it wants the records', () => {
  const { request, namespaces, archive } = plannedPartition();
  expect(request.url).toBe('https://osv-vulnerabilities.storage.googleapis.com/AlmaLinux/all.zip');
  expect(namespaces).toEqual(['almalinux:8', 'almalinux:9', 'almalinux:10']);
  expect(archive?.format).toBe('zip');
  expect(['ALSA-2024:1111.json', 'README.md'].map((path) => archive?.wants(path))).toEqual([true, false]);
  expect(plannedPartition({ url: 'http://127.0.0.1:8000/all.zip' }).request.url).toBe('http://127.0.0.1:8000/all.zip');
});

it('follows the log of changes beside the archive; a copy of the archive need not have one', () => {
  const bucket = 'https://osv-vulnerabilities.storage.googleapis.com/AlmaLinux/';
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
  await expect(read([Buffer.from('{"error":"NoSuchKey"}')])).rejects.toThrow(MalformedDocument);
});

const archive = sharedData('feeds/alma-osv/alma-osv.tar.zst');

/** The files of the archive's `advisories/`, each record once: a record about two releases is there under both. */
function* realRecords(path: string): Iterable<Uint8Array> {
  const directory = mkdtempSync(join(tmpdir(), 'alma-osv-'));
  try {
    execFileSync('sh', ['-c', 'zstd -dc "$0" | tar -x -C "$1" advisories', path, directory]);
    const seen = new Set<string>();
    for (const release of readdirSync(join(directory, 'advisories')).sort()) {
      for (const name of readdirSync(join(directory, 'advisories', release)).sort()) {
        if (seen.has(name)) continue;
        seen.add(name);
        yield readFileSync(join(directory, 'advisories', release, name));
      }
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
}

// The numbers were counted in the same records by a script in another language.
it.skipIf(archive === undefined)(
  `5,637 real records${archive === undefined ? ' (skipped: no shared data)' : ''}`,
  { timeout: 60_000 },
  async () => {
    const { advisories, rejections } = await read(realRecords(archive ?? ''));
    expect(rejections).toEqual([]);
    expect(advisories).toHaveLength(4_440);
    expect(new Set(advisories.map((advisory) => advisory.key)).size).toBe(4_440);
    const rows = advisories.flatMap((advisory) => advisory.affected);
    expect(rows).toHaveLength(REAL_ROWS);
    const has = (test: (row: Affected) => boolean): number => rows.filter(test).length;
    expect(has((row) => row.fixState !== 'fixed' || row.range.fixed === undefined)).toBe(0);
    // Two bug fixes and an enhancement that name a CVE all the same have no word of severity.
    const unrated = rows.filter((row) => row.normalizedSeverity === 'Unknown');
    expect(unrated.filter((row) => row.bulletin.startsWith('ALSA-'))).toEqual([]);
    expect(unrated).toHaveLength(8);
    expect(has((row) => /\.module[_+]el/.test(row.range.fixed ?? '') !== (row.module !== ''))).toBe(0);
    expect(new Set(rows.filter((row) => row.module === '*').map((row) => row.bulletin)).size).toBe(7);
    expect(advisories.find((advisory) => advisory.key === 'ALSA-2023:6938')?.upstream).toContain('CVE-2022-41724');
  },
);

/** 71,329 rows in the files; without bug fixes, repeats and rebuilds, and with a row for each of two modules. */
const REAL_ROWS = 59_678;
