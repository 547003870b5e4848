import { sharedData } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { satisfies } from './testing/constraints.ts';
import { readTruthTables } from './testing/truth-tables.ts';

/** A row of trivy: constraints of an advisory, and whether the version is in them. */
interface IsVulnerable {
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  readonly vulnerable: readonly string[];
  readonly patched: readonly string[];
  readonly unaffected: readonly string[];
  readonly is_vulnerable: boolean;
}

const TABLES = [
  { ecosystem: 'maven', scheme: 'maven', rows: 4, undecidable: [], different: [] },
  {
    ecosystem: 'pep440',
    scheme: 'pep440',
    rows: 8,
    undecidable: ['invalid version', 'invalid constraint'],
    // A specifier without a local label leaves the version's out of account; that is no matter of the order (see the README of the scheme).
    different: ['without AllowLocalSpecifier: local segment ignored, version matches base constraint'],
  },
  { ecosystem: 'rubygems', scheme: 'gem', rows: 5, undecidable: [], different: [] },
];

/** Affected is what is in the vulnerable versions (in all, where none are named) and in no other; `undefined`: a version does not parse. */
function isVulnerable(scheme: string, row: IsVulnerable): boolean | undefined {
  const isIn = (constraints: readonly string[]) => satisfies(scheme, row.version, constraints.join(' || '));
  const spared = [...row.patched, ...row.unaffected];
  const isHit = row.vulnerable.length > 0 ? isIn(row.vulnerable) : spared.length > 0;
  const isSpared = spared.length > 0 && isIn(spared);
  return isHit === undefined || isSpared === undefined ? undefined : isHit && !isSpared;
}

const archive = sharedData('cases/versions.tar.zst');

describe.skipIf(archive === undefined)(
  `trivy__is-vulnerable.jsonl${archive === undefined ? ' (skipped: no shared data)' : ''}`,
  () => {
    const text = archive === undefined ? '' : (readTruthTables(archive).get('trivy__is-vulnerable.jsonl') ?? '');
    const lines = text.split('\n').filter((line) => line !== '');
    const all: IsVulnerable[] = lines.map((line) => JSON.parse(line));

    it.each(TABLES)('$rows rows of $ecosystem', ({ ecosystem, scheme, rows, undecidable, different }) => {
      const own = all.filter((row) => row.ecosystem === ecosystem);
      expect(own).toHaveLength(rows);
      const verdicts = own.map((row) => ({ ...row, verdict: isVulnerable(scheme, row) }));
      const names = (wanted: (row: (typeof verdicts)[number]) => boolean) =>
        verdicts.filter(wanted).map(({ name }) => name);
      expect(names(({ verdict }) => verdict === undefined)).toEqual(undecidable);
      expect(names((row) => row.verdict !== undefined && row.verdict !== row.is_vulnerable)).toEqual(different);
    });
  },
);
