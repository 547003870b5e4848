import { readFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import { sharedData } from '@clair/testing';
import { schemeOf } from '@clair/versions';
import { describe, expect, it } from 'vitest';
import { MalformedDocument, type Partition } from '../../feed.ts';
import { readFeed } from '../../testing/read-feed.ts';
import { osv } from './index.ts';

function planned(options = {}): readonly Partition[] {
  const plan = osv.plan(options);
  if (!plan.ok) throw new Error(plan.error);
  return plan.value.kind === 'partitions' ? plan.value.partitions : [];
}

function partition(name: string): Partition {
  const found = planned().find((one) => one.name === name);
  if (found === undefined) throw new Error(name);
  return found;
}

const read = (ecosystem: string, record: unknown) =>
  readFeed(osv, partition(ecosystem), { document: Buffer.from(JSON.stringify(record)) });

describe('plan', () => {
  it('has a partition for each ecosystem, with its archive and its log', () => {
    expect(planned().map(({ name, namespaces, request }) => [name, namespaces, request.url])).toEqual(
      ['crates.io', 'Go', 'Maven', 'npm', 'NuGet', 'Packagist', 'PyPI', 'RubyGems'].map((name) => [
        name,
        [name],
        `https://osv-vulnerabilities.storage.googleapis.com/${name}/all.zip`,
      ]),
    );
    expect(partition('npm').changes?.requests[0]?.url).toBe(
      'https://osv-vulnerabilities.storage.googleapis.com/npm/modified_id.csv',
    );
  });

  it("takes Clair's keys", () => {
    const some = planned({ url: 'http://127.0.0.1:1/osv', allowlist: ['pypi', 'npm'] });
    expect(some.map(({ request }) => request.url)).toEqual([
      'http://127.0.0.1:1/osv/npm/all.zip',
      'http://127.0.0.1:1/osv/PyPI/all.zip',
    ]);
  });

  it('wants no log of a mirror, which has what Clair reads', () => {
    const mayBeAbsent = (options = {}) => planned(options).map(({ changes }) => changes?.mayBeAbsent);
    expect(new Set(mayBeAbsent())).toEqual(new Set([undefined]));
    expect(new Set(mayBeAbsent({ url: 'http://127.0.0.1:1/osv' }))).toEqual(new Set([true]));
  });

  it.each([[['Hex']], ['npm'], [[1]]])('refuses the allowlist %j, naming the key', (allowlist) => {
    const plan = osv.plan({ allowlist });
    expect(plan.ok ? '' : plan.error).toContain(
      'updaters.config.osv.allowlist must be a list of ecosystems (crates.io, Go',
    );
  });
});

describe('changes', () => {
  const changes = partition('npm').changes;
  const log = '2026-03-02T00:00:00Z,GHSA-1\n2026-03-01T12:00:00.5Z,MAL-2\r\n2026-02-01T00:00:00Z,GHSA-3\n';

  it('are those since then, each at its newest', () => {
    const url = 'https://osv-vulnerabilities.storage.googleapis.com/npm/';
    expect(changes?.read([`${log}2026-03-01T00:00:00Z,GHSA-1\n`], '2026-03-01T00:00:00Z')).toMatchObject({
      ok: true,
      value: [
        { key: 'GHSA-1', at: '2026-03-02T00:00:00.000Z', request: { url: `${url}GHSA-1.json` } },
        { key: 'MAL-2', at: '2026-03-01T12:00:00.500Z', request: { url: `${url}MAL-2.json` } },
      ],
    });
  });

  it.each(['<html>', '2026-03-01T00:00:00Z', 'yesterday,GHSA-1', '2026-03-01T00:00:00Z,../x'])(
    '%j is no log',
    (line) => {
      const read = changes?.read([`${log}${line}\n`], '2026-03-01T00:00:00Z');
      expect(read?.ok === false && read.error).toContain('modified_id.csv line 4');
    },
  );
});

const ghsa = {
  schema_version: '1.4.0',
  id: 'GHSA-aaaa-bbbb-cccc',
  modified: '2026-01-02T00:00:00Z',
  published: '2026-01-01T00:00:00Z',
  aliases: ['CVE-2026-1'],
  summary: 'Prototype pollution in example',
  details: 'Long text.',
  severity: [
    { type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' },
    { type: 'CVSS_V4', score: 'CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:N/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N' },
  ],
  affected: [
    {
      package: { ecosystem: 'npm', name: '@s/example' },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.2.3' }, { introduced: '2.0.0' }] }],
      database_specific: { last_known_affected_version_range: '<= 2.5.0' },
    },
    {
      package: { ecosystem: 'PyPI', name: 'Example_Python' },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { last_affected: '3.0' }] }],
    },
  ],
  references: [{ type: 'WEB', url: 'https://example.org/' }],
  database_specific: { severity: 'MODERATE', cwe_ids: ['CWE-1321', 'nonsense'], github_reviewed: true },
};

describe('parse', () => {
  it('a record of two ecosystems is an advisory in each, with its own rows', async () => {
    const [npm, python, go] = await Promise.all(['npm', 'PyPI', 'Go'].map((name) => read(name, ghsa)));
    expect(npm?.advisories[0]?.affected.map(({ package: name, range, fixState }) => [name, range, fixState])).toEqual([
      ['@s/example', { fixed: '1.2.3' }, 'fixed'],
      ['@s/example', { introduced: '2.0.0', lastAffected: '2.5.0' }, 'unknown'],
    ]);
    expect(python?.advisories[0]?.affected).toMatchObject([
      { namespace: 'PyPI', scheme: 'pep440', package: 'example-python', range: { lastAffected: '3.0' } },
    ]);
    expect(go).toEqual({ advisories: [], rejections: [expect.objectContaining({ at: ghsa.id })] });
  });

  it('keeps the words, scores and weaknesses', async () => {
    const { advisories } = await read('npm', ghsa);
    expect(advisories).toMatchObject([
      {
        key: ghsa.id,
        aliases: ['CVE-2026-1'],
        cvss: ghsa.severity.map(({ score }) => score),
        weaknesses: ['CWE-1321'],
        affected: [{ severity: 'MODERATE', normalizedSeverity: 'Medium' }, {}],
      },
    ]);
  });

  it.each([
    ['the newest score', {}, ghsa.severity, ['', 'Medium']],
    ['the only score', {}, ghsa.severity.slice(0, 1), ['', 'Critical']],
    [
      'a score of nothing',
      {},
      [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N' }],
      ['', 'Negligible'],
    ],
    ['no score', {}, [], ['', 'Unknown']],
    ['a score that does not read', {}, [{ type: 'CVSS_V3', score: '9.8' }], ['', 'Unknown']],
    ['a word before a score', { severity: 'LOW' }, ghsa.severity, ['LOW', 'Low']],
    ['a word that nobody knows', { severity: 'UNTRIAGED' }, [], ['UNTRIAGED', 'Unknown']],
  ])('is rated by %s', async (_, database_specific, severity, expected) => {
    const { advisories } = await read('npm', { ...ghsa, database_specific, severity });
    const [row] = advisories[0]?.affected ?? [];
    expect([row?.severity, row?.normalizedSeverity]).toEqual(expected);
  });

  it.each([
    ['<= 2.5.0', { introduced: '2.0.0', lastAffected: '2.5.0' }],
    ['< 2.5.0', { introduced: '2.0.0', fixed: '2.5.0' }],
    ['<= 2.5.0, > 1', { introduced: '2.0.0' }],
    [7, { introduced: '2.0.0' }],
  ])('bounds an open range by what GitHub knows: %s', async (last_known_affected_version_range, range) => {
    const [first] = ghsa.affected;
    const affected = [{ ...first, database_specific: { last_known_affected_version_range } }];
    const { advisories } = await read('npm', { ...ghsa, affected });
    const fixState = Object.keys(range).length > 1 ? 'unknown' : 'not-fixed';
    expect(advisories[0]?.affected[1]).toMatchObject({ range, fixState });
  });

  it('yields nothing for what was withdrawn', async () => {
    expect(await read('npm', { ...ghsa, withdrawn: '2026-02-01T00:00:00Z' })).toEqual({
      advisories: [],
      rejections: [],
    });
  });

  it('takes a registry behind a colon for the same world', async () => {
    const affected = [
      { package: { ecosystem: 'Packagist:https://packages.drupal.org/8', name: 'drupal/Core' }, versions: ['8.0.0'] },
    ];
    const { advisories } = await read('Packagist', { ...ghsa, affected });
    expect(advisories[0]?.affected[0]).toMatchObject({ namespace: 'Packagist', package: 'drupal/core' });
  });
});

const mixed = sharedData('feeds/osv-mixed/osv-mixed.jsonl.zst');

// Records and the ecosystems they name were counted by a script in another language.
it.skipIf(mixed === undefined)(
  `6,885 real records of every kind${mixed === undefined ? ' (skipped: no shared data)' : ''}`,
  { timeout: 120_000 },
  async () => {
    const lines = zstdDecompressSync(readFileSync(mixed ?? ''))
      .toString('utf8')
      .trim()
      .split('\n');
    expect(lines).toHaveLength(6885);
    const summary: Record<string, readonly number[]> = {};
    for (const { name } of planned()) {
      const its = lines.filter(
        (line) => line.includes(`"ecosystem": "${name}`) || line.includes(`"ecosystem":"${name}`),
      );
      const problems: string[] = [];
      let [advisories, rows, undetermined, unreadable] = [0, 0, 0, 0];
      for (const line of its) {
        const document = Buffer.from(line);
        const result = await readFeed(osv, partition(name), { document }).catch((error: unknown) => {
          if (error instanceof MalformedDocument) return undefined;
          throw error;
        });
        if (result === undefined) {
          problems.push('no record');
          continue;
        }
        advisories += result.advisories.length;
        problems.push(...result.rejections.map(({ at, reason }) => `${at}: ${reason}`));
        for (const row of result.advisories.flatMap(({ affected }) => affected)) {
          rows += 1;
          if (row.status === 'undetermined') undetermined += 1;
          const bounds = Object.values(row.range);
          if (bounds.some((bound) => schemeOf(row.scheme)?.parse(bound).ok !== true)) unreadable += 1;
        }
      }
      summary[name] = [its.length, advisories, rows, undetermined, unreadable, problems.length];
    }
    // Records, advisories (the others were withdrawn), rows, undetermined rows, rows with a version that does not parse, problems.
    expect(summary).toEqual({
      'crates.io': [1899, 1861, 2386, 0, 0, 0],
      Go: [516, 502, 1001, 0, 0, 0],
      Maven: [537, 524, 1204, 0, 0, 4],
      npm: [1019, 1002, 1189, 0, 0, 1],
      NuGet: [180, 170, 1422, 0, 0, 0],
      Packagist: [163, 157, 317, 0, 1, 0],
      PyPI: [191, 173, 240, 0, 0, 4],
      RubyGems: [169, 150, 236, 0, 0, 0],
    });
  },
);
