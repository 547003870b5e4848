import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sharedData } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { bytesFile } from '../../testing/scanned-file.ts';
import { berkeleyRecords } from './berkeley-hash.ts';
import { rpm } from './index.ts';
import { ndbRecords } from './ndb.ts';
import { type RpmHeader, readRpmHeader } from './rpm-header.ts';
import { sqliteRecords } from './sqlite-packages.ts';

/**
 * Real databases against rpm itself where it is installed, and against the digest of what rpm 4.18 printed where it is
 * not: the lines of {@link QUERY}, sorted, without keys. Skipped where the data sets are not beside the repository.
 */
const root = sharedData('fixtures/pkgdb/rpm');
const hasRpm = spawnSync('rpm', ['--version']).status === 0;

const QUERY =
  '%{NAME}\\t%{EPOCHNUM}\\t%{VERSION}\\t%{RELEASE}\\t%{ARCH}\\t%{SOURCERPM}\\t%{MODULARITYLABEL}\\t%{VENDOR}\\t' +
  '%|PAYLOADDIGEST?{[%{PAYLOADDIGEST}]}:{(none)}|\\t%|RSAHEADER?{%{RSAHEADER:pgpsig}}:{%|DSAHEADER?{%{DSAHEADER:pgpsig}}:{(none)}|}|\\n';
const FILES_QUERY = '%{NAME}[\\t%{FILENAMES}]\\n';

const databases = [
  { file: 'bdb-clair-2016.Packages', packages: 1, digest: 'bd8df1256feef725' },
  { file: 'bdb-epoch.Packages', packages: 1, digest: 'e26799c50138ffb7' },
  { file: 'bdb-libuuid.Packages', packages: 1, digest: 'cc33b1e3553f7700' },
  { file: 'bdb-osv-scanner.Packages', packages: 1, digest: '5fb68261eb6d1841' },
  { file: 'bdb-syft-coverage.Packages', packages: 1, digest: '74f9e108daec86fb' },
  { file: 'ndb-sle15-bci-2021-12.Packages.db', packages: 35, digest: 'b5a1e14458b19862' },
  { file: 'ndb-sle15-bci-2023-09.Packages.db', packages: 36, digest: '1fcb14a8914b358d' },
  { file: 'sqlite-amazonlinux2023-plain.rpmdb.sqlite', packages: 102, digest: 'd4829c433e4c8f6a' },
  { file: 'sqlite-cbl-mariner-2.0.rpmdb.sqlite', packages: 129, digest: '354f55679c855932' },
  { file: 'sqlite-osv-scanner.rpmdb.sqlite', packages: 1, digest: 'fb9d56eb28e1cf14' },
];

function databaseName(file: string): string {
  return file.slice(file.indexOf('.') + 1).replace('0.rpmdb', 'rpmdb');
}

function blobs(file: string): Uint8Array[] {
  const bytes = readFileSync(`${root}/${file}`);
  const read = { bdb: berkeleyRecords, ndb: ndbRecords, sqlite: sqliteRecords }[file.split('-')[0] ?? ''];
  return [...(read?.(bytes) ?? [])].map((record) => {
    if (!record.ok) throw new Error(record.error.reason);
    return record.value.bytes;
  });
}

function headersOf(file: string): RpmHeader[] {
  return blobs(file).flatMap((blob) => {
    const header = readRpmHeader(blob);
    if (!header.ok) throw new Error(header.error);
    return header.value.name === 'gpg-pubkey' ? [] : [header.value];
  });
}

/** As {@link QUERY} prints it, but for the signature, of which only the key is kept. */
function line(h: RpmHeader): string {
  const texts = [h.sourceRpm, h.modularityLabel, h.vendor, h.payloadDigest.replace('sha256:', ''), h.signatureKey];
  const own = [h.name, String(h.epoch), h.version, h.release, h.arch];
  return [...own, ...texts.map((text) => text || '(none)')].join('\t');
}

function makeSqlite(directory: string, headers: readonly Uint8Array[]): void {
  execFileSync('rpm', ['--initdb', '--dbpath', directory, '--define', '_db_backend sqlite'], { stdio: 'ignore' });
  const database = new DatabaseSync(join(directory, 'rpmdb.sqlite'));
  const insert = database.prepare('INSERT INTO Packages (blob) VALUES (?)');
  for (const header of headers) insert.run(header);
  database.close();
}

function ofRpm(file: string, query: string): string[] {
  const directory = mkdtempSync(join(tmpdir(), 'rpmdb-'));
  try {
    const isNdb = file.startsWith('ndb');
    // rpm is often built without NDB: its headers are then given to it in a database that it does read.
    if (isNdb) makeSqlite(directory, blobs(file));
    else copyFileSync(`${root}/${file}`, join(directory, databaseName(file)));
    const backend = file.startsWith('bdb') ? 'bdb_ro' : 'sqlite';
    const options = ['-qa', '--dbpath', directory, '--define', `_db_backend ${backend}`, '--qf', query];
    const text = execFileSync('rpm', options, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return text.split('\n').filter((one) => one !== '' && !one.startsWith('gpg-pubkey'));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe.skipIf(root === undefined)('real databases', () => {
  it.each(databases)('$file has the packages that rpm printed', ({ file, packages, digest }) => {
    const lines = headersOf(file).map(line).sort();
    expect(lines).toHaveLength(packages);
    expect(createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16)).toBe(digest);
  });

  it.each(databases)('$file is read by the scanner, package for package', ({ file, packages }) => {
    const path = `var/lib/rpm/${databaseName(file)}`;
    expect(rpm.wants(path)).toBe(true);
    const result = rpm.read(bytesFile(path, readFileSync(`${root}/${file}`)));
    expect(result.ok && result.value.problems).toEqual([]);
    const shown = result.ok ? result.value.packages.map((p) => `${p.name} ${p.version} ${p.arch}`) : [];
    const expected = headersOf(file).map(
      (h) => `${h.name} ${h.epoch === 0 ? '' : `${h.epoch}:`}${h.version}-${h.release} ${h.arch}`,
    );
    expect(shown).toEqual(expected);
    expect(shown).toHaveLength(packages);
  });

  it('a database without packages says so', () => {
    const bytes = readFileSync(`${root}/sqlite-no-packages.sqlite`);
    const result = rpm.read(bytesFile('var/lib/rpm/rpmdb.sqlite', bytes));
    expect(result).toEqual({ ok: false, error: { kind: 'malformed', reason: 'no table "Packages"' } });
  });
});

describe.skipIf(root === undefined || !hasRpm)('real databases, as the rpm of this machine reads them', () => {
  it.each(databases)('$file: packages', ({ file }) => {
    const expected = ofRpm(file, QUERY).map((one) =>
      one.replace(/[^\t]*Key ID ([0-9a-f]{16})$/, '$1').replaceAll('\t\t', '\t(none)\t'),
    );
    expect(headersOf(file).map(line).sort()).toEqual(expected.sort());
  });

  it.each(databases)('$file: files', ({ file }) => {
    const shown = headersOf(file).map((header) => {
      const files = header.files();
      return [header.name, ...(files.ok ? files.value.map((path) => `/${path}`) : ['?'])].join('\t');
    });
    const expected = ofRpm(file, FILES_QUERY);
    expect(shown.sort()).toEqual(expected.sort());
  });
});
