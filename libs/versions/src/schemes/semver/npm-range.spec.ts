import { sharedData } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { readTruthTables } from '../../testing/truth-tables.ts';
import { semver } from './index.ts';
import { type NpmRangeOptions, parseNpmRange, satisfies } from './npm-range.ts';

/** `a b || c`, each comparator as text; the reason when it is no range. */
function comparators(text: string, options?: NpmRangeOptions): string {
  const range = parseNpmRange(text, options);
  if (!range.ok) return range.error.reason;
  const sets = range.value.sets.map((set) =>
    set.map(({ operator, version: { major, minor, patch, prerelease } }) =>
      [operator, major, '.', minor, '.', patch, ...(prerelease.length > 0 ? ['-', prerelease.join('.')] : [])].join(''),
    ),
  );
  return sets.map((set) => set.join(' ')).join(' || ');
}

/** `undefined` when one of both does not parse. */
function isIn(version: string, text: string, options?: NpmRangeOptions): boolean | undefined {
  const parsed = semver.parse(version);
  const range = parseNpmRange(text, options);
  return parsed.ok && range.ok ? satisfies(parsed.value, range.value) : undefined;
}

describe('a range as comparators, without and with pre-releases', () => {
  it.each([
    ['', '', ''],
    ['*', '', ''],
    ['x.X.*', '', ''],
    ['>=*', '', ''],
    ['>x', '<0.0.0-0', '<0.0.0-0'],
    ['1.2.3', '=1.2.3', '=1.2.3'],
    ['==v1.2.3+build', '=1.2.3', '=1.2.3'],
    ['1', '>=1.0.0 <2.0.0-0', '>=1.0.0-0 <2.0.0-0'],
    ['=1.2.x', '>=1.2.0 <1.3.0-0', '>=1.2.0-0 <1.3.0-0'],
    ['1.2.*-beta', '>=1.2.0 <1.3.0-0', '>=1.2.0-0 <1.3.0-0'],
    ['>1.2.3-a', '>1.2.3-a', '>1.2.3-a'],
    ['> 1', '>=2.0.0', '>=2.0.0-0'],
    ['>1.2', '>=1.3.0', '>=1.3.0-0'],
    ['>=1.2', '>=1.2.0', '>=1.2.0-0'],
    ['<1.2', '<1.2.0-0', '<1.2.0-0'],
    ['<=1.2', '<1.3.0-0', '<1.3.0-0'],
    ['<=1', '<2.0.0-0', '<2.0.0-0'],
    ['<=1.2.3', '<=1.2.3', '<=1.2.3'],
    ['~1', '>=1.0.0 <2.0.0-0', '>=1.0.0-0 <2.0.0-0'],
    ['~>1.2', '>=1.2.0 <1.3.0-0', '>=1.2.0-0 <1.3.0-0'],
    ['~ 1.2.3-beta.2', '>=1.2.3-beta.2 <1.3.0-0', '>=1.2.3-beta.2 <1.3.0-0'],
    ['~0.2.3', '>=0.2.3 <0.3.0-0', '>=0.2.3 <0.3.0-0'],
    ['^1.2.3', '>=1.2.3 <2.0.0-0', '>=1.2.3 <2.0.0-0'],
    ['^0.2.3', '>=0.2.3 <0.3.0-0', '>=0.2.3 <0.3.0-0'],
    ['^0.0.3-beta', '>=0.0.3-beta <0.0.4-0', '>=0.0.3-beta <0.0.4-0'],
    ['^0.0.0', '>=0.0.0 <0.0.1-0', '>=0.0.0 <0.0.1-0'],
    ['^0.0', '>=0.0.0 <0.1.0-0', '>=0.0.0-0 <0.1.0-0'],
    ['^0.x', '>=0.0.0 <1.0.0-0', '>=0.0.0-0 <1.0.0-0'],
    ['^1.x.4', '>=1.0.0 <2.0.0-0', '>=1.0.0-0 <2.0.0-0'],
    ['^99999999999999999999', '>=99999999999999999999.0.0 <100000000000000000000.0.0-0', undefined],
    ['1.2.3 - 2.3.4', '>=1.2.3 <=2.3.4', '>=1.2.3-0 <2.3.5-0'],
    ['1.2 - 2.3.4-b', '>=1.2.0 <=2.3.4-b', '>=1.2.0-0 <=2.3.4-b'],
    ['1.2.3-a - 2.3', '>=1.2.3-a <2.4.0-0', '>=1.2.3-a <2.4.0-0'],
    ['  1.2.3   -   2 ', '>=1.2.3 <3.0.0-0', '>=1.2.3-0 <3.0.0-0'],
    ['* - 2', '<3.0.0-0', '<3.0.0-0'],
    ['1 - x', '>=1.0.0', '>=1.0.0-0'],
    ['>=1.2.7 <1.3.0', '>=1.2.7 <1.3.0', '>=1.2.7 <1.3.0'],
    ['>= 1.4.4-lts.1, < 2.0.0', '>=1.4.4-lts.1 <2.0.0', '>=1.4.4-lts.1 <2.0.0'],
    ['<1.0.0beta1 || >=2.0.02', '<1.0.0-beta1 || >=2.0.02', '<1.0.0-beta1 || >=2.0.02'],
    ['1.2.7||\t>=1.2.9 <2.0.0', '=1.2.7 || >=1.2.9 <2.0.0', '=1.2.7 || >=1.2.9 <2.0.0'],
    ['1.2.3 ||', '=1.2.3 || ', '=1.2.3 || '],
  ])('%j', (text, without, within) => {
    expect(comparators(text)).toBe(without);
    if (within !== undefined) expect(comparators(text, { includePrerelease: true })).toBe(within);
  });
});

describe('what is no range', () => {
  it.each([
    ['latest', 'latest'],
    ['workspace:^', 'workspace:^'],
    ['git+https://example.org/a.git', 'git+https://example.org/a.git'],
    ['1.2.3.4', '1.2.3.4'],
    ['1.2.34.5', '1.2.34.5'],
    ['1.2-beta', '1.2-beta'],
    ['1.x.3', '1.x.3'],
    ['x.2', 'x.2'],
    ['!1.0.0', '!1.0.0'],
    ['!=1.0.0', '!=1.0.0'],
    ['=>1.0.0', '=>1.0.0'],
    ['> =1.0.0', '> =1.0.0'],
    ['>', '>'],
    ['^', '^'],
    ['>=1.0.0 foo', '>=1.0.0 foo'],
    ['1.2.3 -2.0.0', '1.2.3 -2.0.0'],
    ['1 - 2 - 3', '1 - 2 - 3'],
    ['1 - 2 <1.5', '1 - 2 <1.5'],
    ['<1,', '<1,'],
    [',<1', ',<1'],
    ['1 | 2', '1 | 2'],
    ['1 || ||| 2', '| 2'],
  ])('%j', (text, part) => {
    const error = { kind: 'malformed-range', text, reason: `${JSON.stringify(part)} is no list of comparators` };
    expect(parseNpmRange(text)).toEqual({ ok: false, error });
  });

  it('an endless text', () => {
    const reason = 'it is longer than 10000 characters';
    expect(parseNpmRange('1 '.repeat(5_001))).toMatchObject({ ok: false, error: { reason } });
    expect(parseNpmRange('1 '.repeat(5_000)).ok).toBe(true);
  });
});

describe('satisfies', () => {
  it.each([
    ['1.2.3', '^1.2.3', true, true],
    ['2.0.0', '^1.2.3', false, false],
    ['2.0.0-0', '^1.2.3', false, false],
    ['1.9.0-beta', '^1.2.3', false, true],
    ['1.2.3-beta', '^1.2.3', false, false],
    ['1.2.3-pr.2', '^1.2.3-pr.1', true, true],
    ['1.2.4-pr.2', '^1.2.3-pr.1', false, true],
    ['1.2.3-alpha', '>1.2.2', false, true],
    ['3.4.5-alpha.9', '>1.2.3-alpha.3', false, true],
    ['1.2.3+build', '=1.2.3', true, true],
    ['1.2.0-rc', '1.2.x', false, true],
    ['1.2.0-rc', '1.1.x', false, false],
    ['1.0.0-rc', '<1.0.0', false, true],
    ['0.5.0', '<0.4 || 0.5', true, true],
    ['1.0.0-a', '*', false, true],
    ['1.0.0', '>*', false, false],
    ['0.0.0-0', '<*', false, false],
    ['1.2.3-beta.4', '>=1.2.3-beta.2 <1.2.3-beta.3 || 1.2.3-beta.4', true, true],
    ['99999999999999999999.1.0', '^99999999999999999999.0.0', true, true],
  ])('%s in %j: %s, with pre-releases %s', (version, range, without, within) => {
    expect(isIn(version, range)).toBe(without);
    expect(isIn(version, range, { includePrerelease: true })).toBe(within);
  });
});

interface IsVulnerable {
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  readonly vulnerable: readonly string[];
  readonly patched: readonly string[];
  readonly is_vulnerable: boolean;
}

/** Vulnerable and not patched; `undefined` when a text does not parse. */
function isVulnerable({ version, vulnerable, patched }: IsVulnerable): boolean | undefined {
  const verdicts = (ranges: readonly string[]) =>
    ranges.map((range) => isIn(version, range, { includePrerelease: true }));
  const hit = verdicts(vulnerable);
  const spared = verdicts(patched);
  return [...hit, ...spared].includes(undefined) ? undefined : hit.includes(true) && !spared.includes(true);
}

const archive = sharedData('cases/versions.tar.zst');

it.skipIf(archive === undefined)('trivy__is-vulnerable.jsonl: 8 rows of npm, two of them undecidable', () => {
  const lines = (readTruthTables(archive ?? '').get('trivy__is-vulnerable.jsonl') ?? '').trim().split('\n');
  const rows: IsVulnerable[] = lines.map((line) => JSON.parse(line)).filter(({ ecosystem }) => ecosystem === 'npm');
  expect(rows).toHaveLength(8);
  const undecidable = rows.filter((row) => isVulnerable(row) === undefined).map(({ name }) => name);
  expect(undecidable).toEqual(['invalid version', 'invalid constraint']);
  const different = rows.filter((row) => (isVulnerable(row) ?? row.is_vulnerable) !== row.is_vulnerable);
  expect(different).toEqual([]);
});
