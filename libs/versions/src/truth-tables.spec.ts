import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { sharedData } from '@clair/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareVersions, schemeOf } from './registry.ts';

const archive = sharedData('cases/versions.tar.zst');

const REFUSED =
  'apk-tools refuses this text as a version; its comparison of the two stops where the invalid part begins. We say malformed.';
const FUZZY = 'a dependency operator of apk, not an order';

/** Rows that do not hold here, and who is right. A row that starts to hold must be taken out: the test fails on that too. */
const EXPLAINED: Readonly<Record<string, string>> = {
  '23_foo > 4_beta': REFUSED,
  '1.0 < 1.0bc': REFUSED,
  '!0.1a1':
    'apk-tools 3 refuses it. apk-tools 2 took digits after the letter, and Alpine shipped such versions (opensmtpd 6.6.4p1-r0).',
  '3.6.0 ~ 3.6': FUZZY,
  '3.6.0 ~ 3.6.0': FUZZY,
  '3.6.9 !~ 3.8': FUZZY,
  '3.8 !~ 3.8.1': FUZZY,
  '3.8.0 !~ 3.8.1': FUZZY,
  '0..1..0 < 0..1..1': REFUSED,
  '0...1...0.r1 < 0...1...0.r2': REFUSED,
  '0..8 = 0..8': REFUSED,
  '1.2.0A < 1.2.0d': REFUSED,
  '1.2.0D < 1.2.0d': REFUSED,
  '1 > 1-ruff': REFUSED,
  '1-r0-1 = 1-r-2': REFUSED,
  '1-ruff2 = 1-ruff1': REFUSED,
  '1.2 > 1.2_blah': REFUSED,
  '1.2_cvs1 > 1.2_blah': REFUSED,
  '1 > .1': REFUSED,
  '.2 > .1': REFUSED,
  'a < b': REFUSED,
  'c > b': REFUSED,
  'c = c': REFUSED,
};

const TABLES = [
  { file: 'apk-tools__version.data', scheme: 'apk', rows: 389, explained: 8 },
  { file: 'osv-scalibr-semantic__alpine-versions.txt', scheme: 'apk', rows: 392, explained: 16 },
  { file: 'osv-scalibr-semantic__alpine-versions-generated.txt', scheme: 'apk', rows: 6924, explained: 0 },
  { file: 'osv-scalibr-semantic__debian-versions.txt', scheme: 'dpkg', rows: 15, explained: 0 },
  { file: 'osv-scalibr-semantic__debian-versions-generated.txt', scheme: 'dpkg', rows: 7256, explained: 0 },
];

const SIGNS: Readonly<Record<string, number>> = { '<': -1, '=': 0, '>': 1 };

/** `a < b`, `a` (a version), `!a` (none). */
function holds(scheme: string, row: string): boolean {
  const pair = /^(\S+) (<|=|>) (\S+)$/.exec(row);
  if (pair !== null) {
    const [, a = '', operator = '', b = ''] = pair;
    const order = compareVersions(scheme, a, b);
    return order.ok && Math.sign(order.value) === SIGNS[operator];
  }
  const isVersion = schemeOf(scheme)?.parse(row.replace(/^!/, '')).ok;
  return isVersion === !row.startsWith('!');
}

describe.skipIf(archive === undefined)(
  `truth tables${archive === undefined ? ' (skipped: no shared data)' : ''}`,
  () => {
    let directory = '';
    beforeAll(() => {
      directory = mkdtempSync(join(tmpdir(), 'truth-tables-'));
      execFileSync('tar', ['-x', '-C', directory], { input: zstdDecompressSync(readFileSync(archive ?? '')) });
    });
    afterAll(() => rmSync(directory, { recursive: true, force: true }));

    it.each(TABLES)('$file: $rows rows', ({ file, scheme, rows, explained }) => {
      const lines = readFileSync(join(directory, 'versions', file), 'utf8').split('\n');
      const table = lines.map((line) => line.replace(/\s*#.*$/, '').trim()).filter((line) => line !== '');
      const failing = table.filter((row) => !holds(scheme, row));
      expect(table).toHaveLength(rows);
      expect(failing.filter((row) => EXPLAINED[row] === undefined)).toEqual([]);
      expect(failing).toHaveLength(explained);
    });

    const constraints = ['apk', 'deb'].map((format) => ({ format, scheme: format === 'deb' ? 'dpkg' : format }));
    it.each(constraints)('constraints of $format', ({ format, scheme }) => {
      const text = readFileSync(join(directory, 'versions', 'grype__constraints.jsonl'), 'utf8');
      const rows = text
        .split('\n')
        .filter((line) => line.includes(`"format": "${format}"`))
        .map((line) => JSON.parse(line));
      expect(rows.length).toBeGreaterThan(15);
      const failing = rows.filter((row) => satisfies(scheme, row.version, row.constraint) !== row.satisfied);
      expect(failing).toEqual([]);
    });
  },
);

/** `> 1, < 2 || = 3`; an empty constraint holds for everything. */
function satisfies(scheme: string, version: string, constraint: string): boolean {
  if (constraint.trim() === '') return true;
  return constraint.split('||').some((part) =>
    part.split(',').every((term) => {
      const [, operator = '', bound = ''] = /^(<=|>=|<|>|=)\s*(\S+)$/.exec(term.trim()) ?? [];
      const order = compareVersions(scheme, version, bound);
      if (!order.ok) throw new Error(JSON.stringify(order.error));
      return (operator.includes('=') && order.value === 0) || Math.sign(order.value) === SIGNS[operator[0] ?? ''];
    }),
  );
}
