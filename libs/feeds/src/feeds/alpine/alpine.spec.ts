import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import type { Advisory, Rejection } from '@clair/model';
import { sharedData } from '@clair/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { MalformedDocument, type Partition } from '../../feed.ts';
import { branchesOfListing, partitionsOfBranches } from './branches.ts';
import { alpine } from './index.ts';

const BASE = 'https://secdb.test/';
const fixture = readFileSync(new URL('fixtures/main.json', import.meta.url), 'utf8');

function partitionOf(name: string): Partition {
  const [branch = ''] = name.split('/');
  const found = partitionsOfBranches(BASE, [branch]).find((partition) => partition.name === name);
  if (found === undefined) throw new Error(`there is no partition ${name}`);
  return found;
}

async function* documentOf(text: string): AsyncIterable<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100);
}

async function read(text: string, name = 'v3.20/main'): Promise<{ advisories: Advisory[]; rejections: Rejection[] }> {
  const advisories: Advisory[] = [];
  const rejections: Rejection[] = [];
  for await (const result of alpine.parse(partitionOf(name), documentOf(text))) {
    if (result.ok) advisories.push(result.value);
    else rejections.push(result.error);
  }
  return { advisories, rejections };
}

describe('a document', () => {
  it('reads as the golden file says', async () => {
    const result = await read(fixture);
    await expect(`${JSON.stringify(result, null, 2)}\n`).toMatchFileSnapshot('fixtures/main.golden.json');
  });

  it.each([
    ['v3.19/main', 'distroversion is "v3.20", where v3.19 was asked for'],
    ['v3.20/community', 'reponame is "main", where community was asked for'],
  ])('of another partition than %s throws', async (name, message) => {
    await expect(read(fixture, name)).rejects.toThrow(new MalformedDocument(message));
  });

  it('without packages is one in which nothing was ever fixed', async () => {
    expect(await read('{"packages":[]}')).toEqual({ advisories: [], rejections: [] });
    expect(await read('{"toString":1,"packages":[]}')).toEqual({ advisories: [], rejections: [] });
    expect(await read('{"packages":null}')).toEqual({ advisories: [], rejections: [] });
  });
});

describe('a vulnerability under several versions', () => {
  it.each([
    { name: 'is fixed in the newest', versions: ['1.9-r0', '1.10-r0', '1.2-r9'], fixed: ['1.10-r0'] },
    {
      name: 'as the order of apk has it, not the text',
      versions: ['2.0_rc1-r0', '2.0-r0', '2.0_p1-r0', '1.99a-r0'],
      fixed: ['2.0_p1-r0'],
    },
    { name: 'is affected below it, even where 0 is listed too', versions: ['0', '1.9-r0'], fixed: ['1.9-r0'] },
    {
      name: 'that do not all parse keeps each of those',
      versions: ['1.9-r0', '4.8.0.-r1', '2.0-r0', '4.10-1-r1'],
      fixed: ['2.0-r0', '4.8.0.-r1', '4.10-1-r1'],
    },
  ])('$name', async ({ versions, fixed }) => {
    const secfixes = Object.fromEntries(versions.map((version) => [version, ['CVE-2024-1000']]));
    const { advisories } = await read(JSON.stringify({ packages: [{ pkg: { name: 'busybox', secfixes } }] }));
    expect(advisories.map((advisory) => advisory.key)).toEqual(['CVE-2024-1000/busybox']);
    expect(advisories[0]?.affected.map((row) => [row.status, row.range])).toEqual(
      fixed.map((version) => ['affected', { fixed: version }]),
    );
  });
});

describe('the partitions', () => {
  const listing = `<html><head><title>Index of /</title></head><body><pre><a href="../">../</a>
    <a href="edge/">edge/</a> <a href="v3.10/">v3.10/</a> <a href='/mirror/v3.9/'>v3.9/</a> <A HREF="v3.9">v3.9</A>
    <a href="https://secdb.test/v4.0/">v4.0/</a> <a href="v3.10-old/">x</a> <a href="last-update">last-update</a></pre></body></html>`;

  it('are what the listing links to, both repositories of each branch, oldest first', () => {
    const plan = alpine.plan({ url: 'http://127.0.0.1:8000/secdb' });
    if (!plan.ok || plan.value.kind !== 'index') throw new Error('the plan has no index');
    expect(plan.value.index.request.url).toBe('http://127.0.0.1:8000/secdb/');
    const next = plan.value.index.read(Buffer.from(listing), listing);
    if (!next.ok || next.value.kind !== 'partitions') throw new Error('the listing says no partitions');
    expect(next.value.partitions.map(({ name, namespaces, request }) => [name, namespaces, request.url])).toEqual(
      [
        ['v3.9', 'main'],
        ['v3.9', 'community'],
        ['v3.10', 'main'],
        ['v3.10', 'community'],
        ['v4.0', 'main'],
        ['v4.0', 'community'],
        ['edge', 'main'],
        ['edge', 'community'],
      ].map(([branch, repository]) => [
        `${branch}/${repository}`,
        [`alpine:${branch}`],
        `http://127.0.0.1:8000/secdb/${branch}/${repository}.json`,
      ]),
    );
  });

  it.each(['', '<html>Welcome to nginx!</html>', '{"branches":["v3.20"]}'])('are not to be had from %j', (html) => {
    expect(branchesOfListing(html)).toMatchObject({ ok: false, error: expect.stringMatching(/links to no branch/) });
  });

  it('without a listing are asked for one by one, and may be absent', () => {
    const plan = alpine.plan({});
    if (!plan.ok || plan.value.kind !== 'index') throw new Error('the plan has no index');
    const names = plan.value.fallback.map((partition) => partition.name);
    expect(names).toEqual(expect.arrayContaining(['v3.3/main', 'v3.23/community', 'edge/main']));
    expect(plan.value.fallback.every((partition) => partition.request.absentIsFine)).toBe(true);
  });
});

const archive = sharedData('feeds/alpine-secdb/alpine-secdb-2020-06.tar.zst');

describe.skipIf(archive === undefined)(
  `the database of June 2020${archive === undefined ? ' (skipped: no shared data)' : ''}`,
  () => {
    let directory = '';
    beforeAll(() => {
      directory = mkdtempSync(join(tmpdir(), 'secdb-'));
      execFileSync('tar', ['-x', '-C', directory], { input: zstdDecompressSync(readFileSync(archive ?? '')) });
    });
    afterAll(() => rmSync(directory, { recursive: true, force: true }));

    /** The YAML of then as the JSON that is published now. All scalars are texts: `1.10` is a version. */
    function json(name: string): string {
      const file = join(directory, `${name}.yaml`);
      if (!existsSync(file)) throw new Error(`there is no ${name}`);
      const document: unknown = parseYaml(readFileSync(file, 'utf8'), { schema: 'failsafe' });
      return JSON.stringify(document, (_key, value) => (value === '' ? null : value));
    }

    // Counted, and the rows compared one by one, by a script in another language with its own order of versions.
    it.each([
      ['v3.3/main', 461],
      ['v3.3/community', 0],
      ['v3.6/main', 891],
      ['v3.8/main', 1_129],
      ['v3.8/community', 476],
      ['v3.10/main', 1_158],
      ['v3.10/community', 712],
      ['v3.11/main', 1_179],
      ['v3.11/community', 886],
    ])('%s: %i advisories, none rejected', async (name, count) => {
      const { advisories, rejections } = await read(json(name), name);
      expect(rejections).toEqual([]);
      expect(advisories).toHaveLength(count);
      expect(new Set(advisories.map((advisory) => advisory.key)).size).toBe(count);
      expect(advisories.every((advisory) => advisory.affected.length === 1)).toBe(true);
    });

    it('the newest of several versions, and what was never affected', async () => {
      const { advisories } = await read(json('v3.11/main'), 'v3.11/main');
      const fixed = (key: string) => advisories.find((advisory) => advisory.key === key)?.affected[0]?.range.fixed;
      expect(fixed('CVE-2019-5747/busybox')).toBe('1.30.1-r2');
      expect(fixed('CVE-2017-13082/wpa_supplicant')).toBe('2.7-r0');
      expect(fixed('CVE-2019-6116/ghostscript')).toBe('9.26-r2');
      const older = await read(json('v3.8/main'), 'v3.8/main');
      expect(older.advisories.filter((advisory) => advisory.affected[0]?.status === 'not-affected')).toHaveLength(5);
    });
  },
);
