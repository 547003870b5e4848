import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';

/** What the rows of one file say of a scheme. */
export interface TruthTable {
  readonly file: string;
  readonly scheme: string;
  /** How many rows there are: one that was not read would say nothing. */
  readonly rows: number;
  /** What the rows of a file of several formats call the scheme, where it is not its name. */
  readonly format?: string;
}

/** Every table of an order, by scheme. */
export const TRUTH_TABLES: readonly TruthTable[] = [
  { file: 'apk-tools__version.data', scheme: 'apk', rows: 389 },
  { file: 'osv-scalibr-semantic__alpine-versions.txt', scheme: 'apk', rows: 392 },
  { file: 'osv-scalibr-semantic__alpine-versions-generated.txt', scheme: 'apk', rows: 6924 },
  { file: 'osv-scalibr-semantic__debian-versions.txt', scheme: 'dpkg', rows: 15 },
  { file: 'osv-scalibr-semantic__debian-versions-generated.txt', scheme: 'dpkg', rows: 7256 },
  { file: 'claircore__rpmvercmp.list', scheme: 'rpm', rows: 52 },
  { file: 'osv-scalibr-semantic__redhat-versions.txt', scheme: 'rpm', rows: 72 },
  { file: 'grype__compare.jsonl', scheme: 'rpm', rows: 7 },
  { file: 'osv-scalibr-semantic__semver-versions.txt', scheme: 'semver', rows: 43 },
  { file: 'grype__compare.jsonl', scheme: 'go', format: 'golang', rows: 5 },
  { file: 'osv-scalibr-semantic__nuget-versions.txt', scheme: 'nuget', rows: 17 },
  { file: 'osv-scalibr-semantic__pypi-versions.txt', scheme: 'pep440', rows: 21 },
  { file: 'osv-scalibr-semantic__pypi-versions-generated.txt', scheme: 'pep440', rows: 6086 },
  { file: 'claircore__maven-compare.list', scheme: 'maven', rows: 39 },
  { file: 'osv-scalibr-semantic__maven-versions.txt', scheme: 'maven', rows: 57 },
  { file: 'osv-scalibr-semantic__maven-versions-generated.txt', scheme: 'maven', rows: 7326 },
  { file: 'grype__compare.jsonl', scheme: 'maven', rows: 6 },
  { file: 'osv-scalibr-semantic__rubygems-versions.txt', scheme: 'gem', rows: 16 },
  { file: 'osv-scalibr-semantic__rubygems-versions-generated.txt', scheme: 'gem', rows: 2032 },
  { file: 'grype__compare.jsonl', scheme: 'gem', rows: 18 },
  { file: 'osv-scalibr-semantic__packagist-versions.txt', scheme: 'composer', rows: 38 },
  { file: 'osv-scalibr-semantic__packagist-versions-generated.txt', scheme: 'composer', rows: 5262 },
];

/** A row of a table: which of both is newer (`a < b`), or whether `a` is a version at all (`a`, `!a`). */
export interface TruthRow {
  /** As the table has it, but for `==`, which is `=` here. */
  readonly text: string;
  readonly a: string;
  /** `valid` and `invalid`: no second version. Anything else is no row about an order. */
  readonly relation: '<' | '=' | '>' | 'valid' | 'invalid' | 'other';
  readonly b: string;
}

/** The texts of the archive of truth tables, by file name. */
export function readTruthTables(archive: string): ReadonlyMap<string, string> {
  const directory = mkdtempSync(join(tmpdir(), 'truth-tables-'));
  try {
    execFileSync('tar', ['-x', '-C', directory], { input: zstdDecompressSync(readFileSync(archive)) });
    const folder = join(directory, 'versions');
    return new Map(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Its rows, in order, without comments and empty lines. */
export function truthRows(table: TruthTable, texts: ReadonlyMap<string, string>): readonly TruthRow[] {
  const lines = (texts.get(table.file) ?? '').split('\n');
  if (table.file.endsWith('.jsonl')) return lines.flatMap((line) => comparison(line, table.format ?? table.scheme));
  return lines
    .map((line) => line.replace(/(?:^|\s)(?:#|\/\/).*$/, '').trim())
    .filter((line) => line !== '')
    .map((line) => truthRow(line.replace(' == ', ' = ')));
}

function truthRow(text: string): TruthRow {
  const [, a = '', operator = '', b = ''] = /^(\S+) (\S+) (\S+)$/.exec(text) ?? [];
  if (operator === '<' || operator === '=' || operator === '>') return { text, a, relation: operator, b };
  if (operator !== '') return { text, a, relation: 'other', b };
  const isInvalid = text.startsWith('!');
  return { text, a: isInvalid ? text.slice(1) : text, relation: isInvalid ? 'invalid' : 'valid', b: '' };
}

/** `{"format": "rpm", "a": …, "b": …, "cmp": -1}` */
function comparison(line: string, of: string): readonly TruthRow[] {
  if (line === '') return [];
  const { format, a, b, cmp } = JSON.parse(line);
  const relation = cmp < 0 ? '<' : cmp > 0 ? '>' : '=';
  return format === of ? [{ text: `${a} ${relation} ${b}`, a, relation, b }] : [];
}
