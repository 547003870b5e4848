import { readFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import type { Advisory, Affected, Rejection } from '@clair/model';
import { sharedData } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { MalformedDocument, type Partition } from '../../feed.ts';
import { ubuntu } from './index.ts';

const URL = 'https://mirror.example/Ubuntu/all.zip';

function fipsPartition(): Partition {
  const plan = ubuntu.plan({ fips_url: URL });
  const plans = plan.ok && plan.value.kind === 'several' ? plan.value.plans : [];
  const fips = plans.find(({ name }) => name === 'fips')?.plan;
  const [partition] = fips?.kind === 'partitions' ? fips.partitions : [];
  if (partition === undefined) throw new Error('there is no partition of FIPS builds');
  return partition;
}

async function read(record: unknown) {
  const advisories: Advisory[] = [];
  const rejections: Rejection[] = [];
  const document = (async function* () {
    yield Buffer.from(JSON.stringify(record));
  })();
  for await (const result of ubuntu.parse(fipsPartition(), document)) {
    if (result.ok) advisories.push(result.value);
    else rejections.push(result.error);
  }
  return { advisories, rejections };
}

interface Entry {
  readonly ecosystem: string;
  readonly name?: string;
  readonly fixed?: string;
}

const record = (entries: readonly Entry[], fields: Record<string, unknown> = {}) => ({
  schema_version: '1.7.0',
  id: 'UBUNTU-CVE-2024-1001',
  details: 'A flaw.',
  upstream: ['CVE-2024-1001'],
  published: '2024-01-02T03:04:05Z',
  modified: '2024-01-02T03:04:05Z',
  severity: [
    { type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H' },
    { type: 'Ubuntu', score: 'low' },
  ],
  references: [{ type: 'REPORT', url: 'https://ubuntu.com/security/CVE-2024-1001' }],
  affected: entries.map(({ ecosystem, name = 'openssl', fixed }) => ({
    package: { ecosystem, name },
    ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, ...(fixed === undefined ? [] : [{ fixed }])] }],
  })),
  ...fields,
});

function said({ namespace, package: name, range, status, fixState, normalizedSeverity }: Affected): string {
  const { introduced = '', fixed = '' } = range;
  return `${namespace} ${name} ${introduced}..${fixed} ${status} ${fixState} ${normalizedSeverity}`;
}

const rows = async (entries: readonly Entry[]) =>
  (await read(record(entries))).advisories.flatMap(({ affected }) => affected.map(said));

describe('the archive of records', () => {
  it('is only asked for when an operator names it', () => {
    expect(ubuntu.plan({})).toMatchObject({ ok: true, value: { kind: 'index' } });
    expect(fipsPartition().request.url).toBe(URL);
  });

  it('speaks for FIPS builds, and for no release', () => {
    expect(fipsPartition().namespaces).toContain('ubuntu:22.04/fips');
    expect(fipsPartition().namespaces.filter((namespace) => !namespace.endsWith('/fips'))).toEqual([]);
  });

  it('is followed by the log of changes beside it, if there is one', () => {
    expect(fipsPartition().changes).toMatchObject({
      requests: [{ url: 'https://mirror.example/Ubuntu/modified_id.csv' }],
      mayBeAbsent: true,
    });
  });
});

describe('a record', () => {
  it('is an advisory about the CVE, under the key that the log of changes has', async () => {
    const { advisories } = await read(
      record([{ ecosystem: 'Ubuntu:Pro:FIPS-updates:22.04:LTS', fixed: '3.0.2-0ubuntu1.12+Fips1' }]),
    );
    expect(advisories).toEqual([
      {
        key: 'UBUNTU-CVE-2024-1001',
        name: 'CVE-2024-1001',
        description: 'A flaw.',
        issued: '2024-01-02T03:04:05Z',
        links: ['https://ubuntu.com/security/CVE-2024-1001'],
        aliases: [],
        upstream: [],
        cvss: ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H'],
        affected: [
          {
            namespace: 'ubuntu:22.04/fips',
            package: 'openssl',
            packageKind: 'source',
            scheme: 'dpkg',
            range: { fixed: '3.0.2-0ubuntu1.12+Fips1' },
            status: 'affected',
            fixState: 'fixed',
            arches: [],
            module: '',
            cpe: '',
            bulletin: '',
            severity: 'low',
            normalizedSeverity: 'Low',
          },
        ],
      },
    ]);
  });

  it.each<[string, unknown]>([
    [
      'about the release alone',
      record([{ ecosystem: 'Ubuntu:22.04:LTS', fixed: '1' }, { ecosystem: 'Ubuntu:Pro:20.04:LTS' }]),
    ],
    ['about another product of Ubuntu Pro', record([{ ecosystem: 'Ubuntu:Pro:Realtime:22.04:LTS' }])],
    ['that is a notice', record([{ ecosystem: 'Ubuntu:Pro:FIPS:20.04:LTS', fixed: '1' }], { id: 'USN-1-1' })],
    ['that was withdrawn', record([{ ecosystem: 'Ubuntu:Pro:FIPS:20.04:LTS' }], { withdrawn: '2025-01-01T00:00:00Z' })],
  ])('%s says nothing', async (_, value) => {
    expect(await read(value)).toEqual({ advisories: [], rejections: [] });
  });

  it('of a release that has no FIPS builds, as far as is known here, is rejected', async () => {
    const { advisories, rejections } = await read(record([{ ecosystem: 'Ubuntu:Pro:FIPS:30.04:LTS' }]));
    expect(advisories).toEqual([]);
    expect(rejections).toEqual([
      { at: 'UBUNTU-CVE-2024-1001/affected/0', reason: expect.stringContaining('FIPS:30.04:LTS') },
    ]);
  });

  it('with an entry that does not read is told, for it may be about them', async () => {
    const { rejections } = await read({ ...record([]), affected: [{ package: { ecosystem: 7 } }] });
    expect(rejections).toEqual([{ at: 'UBUNTU-CVE-2024-1001/affected/0', reason: expect.any(String) }]);
  });

  it('that is none throws', async () => {
    await expect(read({ error: 'NoSuchKey' })).rejects.toThrow(MalformedDocument);
  });
});

describe('archives of one release', () => {
  const focal = (archive: string, fixed?: string): Entry => ({
    ecosystem: `Ubuntu:Pro:${archive}:20.04:LTS`,
    ...(fixed !== undefined && { fixed }),
  });

  it('without a fix in any are one row without a fix', async () => {
    expect(await rows([focal('FIPS'), focal('FIPS-updates')])).toEqual([
      'ubuntu:20.04/fips openssl .. affected not-fixed Low',
    ]);
  });

  it('with a fix in one are one row with that fix', async () => {
    expect(await rows([focal('FIPS'), focal('FIPS-updates', '1.1.1f-1ubuntu2.fips.19')])).toEqual([
      'ubuntu:20.04/fips openssl ..1.1.1f-1ubuntu2.fips.19 affected fixed Low',
    ]);
  });

  it('with different fixes leave what lies between them undetermined', async () => {
    const both = [focal('FIPS-updates', '1.1.1f-1ubuntu2.fips.19'), focal('FIPS', '1.1.1f-1ubuntu2.fips.7.2')];
    expect(await rows(both)).toEqual([
      'ubuntu:20.04/fips openssl ..1.1.1f-1ubuntu2.fips.7.2 affected fixed Low',
      'ubuntu:20.04/fips openssl 1.1.1f-1ubuntu2.fips.7.2..1.1.1f-1ubuntu2.fips.19 undetermined fixed Low',
    ]);
  });

  it('say nothing less than the record: a version that is listed after the fix stays affected', async () => {
    const value = record([focal('FIPS'), focal('FIPS-updates', '1.1.1f-1ubuntu2.fips.19')]);
    const affected = value.affected.map((entry, at) =>
      at === 1 ? { ...entry, versions: ['1.1.1f-1ubuntu2.fips.21'] } : entry,
    );
    const said = (await read({ ...value, affected })).advisories.flatMap((advisory) => advisory.affected);
    expect(said.map(({ range }) => range)).toContainEqual({
      introduced: '1.1.1f-1ubuntu2.fips.21',
      lastAffected: '1.1.1f-1ubuntu2.fips.21',
    });
  });

  it('are told apart by package and release', async () => {
    const entries = [
      focal('FIPS'),
      { ...focal('FIPS'), name: 'libgcrypt20' },
      { ecosystem: 'Ubuntu:Pro:FIPS:18.04:LTS' },
    ];
    expect(await rows(entries)).toEqual([
      'ubuntu:20.04/fips openssl .. affected not-fixed Low',
      'ubuntu:20.04/fips libgcrypt20 .. affected not-fixed Low',
      'ubuntu:18.04/fips openssl .. affected not-fixed Low',
    ]);
  });
});

const records = sharedData('feeds/osv-mixed/osv-mixed.jsonl.zst');

/** An independent reading: the fixes that a record names for the FIPS archives of a release, as texts. */
function fixesOf(value: {
  affected: { package: { ecosystem: string; name: string }; ranges?: { events: { fixed?: string }[] }[] }[];
}) {
  const fixes = new Map<string, Set<string>>();
  for (const entry of value.affected) {
    const [, product, archive = '', release = ''] = entry.package.ecosystem.split(':');
    if (product !== 'Pro' || !archive.startsWith('FIPS')) continue;
    const key = `ubuntu:${release}/fips ${entry.package.name}`;
    const known = fixes.get(key) ?? new Set();
    for (const { fixed } of (entry.ranges ?? []).flatMap(({ events }) => events))
      if (fixed !== undefined) known.add(fixed);
    fixes.set(key, known);
  }
  return fixes;
}

it.skipIf(records === undefined)('Canonical’s own records read as they are meant', async () => {
  const lines = zstdDecompressSync(readFileSync(records ?? ''))
    .toString()
    .split('\n');
  const own = lines.filter((line) => /"id": ?"UBUNTU-CVE-/.test(line)).map((line) => JSON.parse(line));
  let compared = 0;
  for (const value of own) {
    const { advisories, rejections } = await read(value);
    expect(rejections).toEqual([]);
    const fixes = value.withdrawn === undefined ? fixesOf(value) : new Map();
    const found = advisories.flatMap(({ affected }) => affected);
    expect(new Set(found.map((row) => `${row.namespace} ${row.package}`))).toEqual(new Set(fixes.keys()));
    for (const [key, told] of fixes) {
      const bounds = found.filter((row) => `${row.namespace} ${row.package}` === key).map(({ range }) => range.fixed);
      expect(new Set(bounds.filter((bound) => bound !== undefined))).toEqual(told);
      compared += 1;
    }
  }
  expect(own.length).toBe(70);
  expect(compared).toBeGreaterThan(40);
});
