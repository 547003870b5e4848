import { sharedData } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { compareVersions, schemeOf } from './registry.ts';
import { satisfies } from './testing/constraints.ts';
import { EXPLAINED_ROWS } from './testing/explained-rows.ts';
import { readTruthTables, TRUTH_TABLES, type TruthRow, type TruthTable, truthRows } from './testing/truth-tables.ts';

const archive = sharedData('cases/versions.tar.zst');
const texts = archive === undefined ? new Map<string, string>() : readTruthTables(archive);
const SIGNS: Readonly<Record<string, number>> = { '<': -1, '=': 0, '>': 1 };

function holds(scheme: string, { a, relation, b }: TruthRow): boolean {
  if (relation === 'valid' || relation === 'invalid') return schemeOf(scheme)?.parse(a).ok === (relation === 'valid');
  const order = compareVersions(scheme, a, b);
  return order.ok && Math.sign(order.value) === SIGNS[relation];
}

const CONSTRAINTS = [
  { format: 'apk', scheme: 'apk', rows: 21 },
  { format: 'deb', scheme: 'dpkg', rows: 45 },
  { format: 'rpm', scheme: 'rpm', rows: 25 },
  { format: 'semantic', scheme: 'semver', rows: 56 },
  { format: 'golang', scheme: 'go', rows: 2 },
  { format: 'pep440', scheme: 'pep440', rows: 10 },
  { format: 'maven', scheme: 'maven', rows: 38 },
  { format: 'gem', scheme: 'gem', rows: 16 },
];

/** The rows of the table that do not hold. */
function failingRows(table: TruthTable): readonly string[] {
  const failing = truthRows(table, texts).filter((row) => !holds(table.scheme, row));
  return failing.map(({ text }) => text);
}

interface Constraint {
  readonly version: string;
  readonly constraint: string;
  readonly satisfied: boolean;
}

function constraintRows(format: string): readonly Constraint[] {
  const lines = (texts.get('grype__constraints.jsonl') ?? '').split('\n');
  return lines.filter((line) => line.includes(`"format": "${format}"`)).map((line) => JSON.parse(line));
}

function failingConstraints(format: string, scheme: string): readonly string[] {
  const failing = constraintRows(format).filter(
    (row) => satisfies(scheme, row.version, row.constraint) !== row.satisfied,
  );
  const text = (row: Constraint) => `${row.version} ${row.constraint}`;
  return failing.map((row) => (row.satisfied ? text(row) : `!(${text(row)})`));
}

const unexplained = (scheme: string, failing: readonly string[]) =>
  failing.filter((text) => EXPLAINED_ROWS[scheme]?.[text] === undefined);

describe.skipIf(archive === undefined)(
  `truth tables${archive === undefined ? ' (skipped: no shared data)' : ''}`,
  () => {
    it.each(TRUTH_TABLES)('$file: $rows rows of $scheme', (table) => {
      expect(truthRows(table, texts)).toHaveLength(table.rows);
      expect(unexplained(table.scheme, failingRows(table))).toEqual([]);
    });

    it.each(CONSTRAINTS)('grype__constraints.jsonl: $rows rows of $scheme', ({ format, scheme, rows }) => {
      expect(constraintRows(format)).toHaveLength(rows);
      expect(unexplained(scheme, failingConstraints(format, scheme))).toEqual([]);
    });

    it.each(Object.keys(EXPLAINED_ROWS))('%s: nothing is explained that holds', (scheme) => {
      const rows = TRUTH_TABLES.filter((table) => table.scheme === scheme).flatMap(failingRows);
      const constraints = CONSTRAINTS.filter((table) => table.scheme === scheme).flatMap(({ format }) =>
        failingConstraints(format, scheme),
      );
      expect(new Set([...rows, ...constraints])).toEqual(new Set(Object.keys(EXPLAINED_ROWS[scheme] ?? {})));
    });
  },
);
