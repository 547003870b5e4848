import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { ScanProblem } from '../../scanner.ts';
import { berkeleyBytes } from '../../testing/rpm/berkeley-bytes.ts';
import { packageHeader } from '../../testing/rpm/header-bytes.ts';
import { ndbBytes } from '../../testing/rpm/ndb-bytes.ts';
import { rpmSqliteBytes } from '../../testing/rpm/sqlite-bytes.ts';
import { bytesFile } from '../../testing/scanned-file.ts';
import { rpm } from './index.ts';

function read(path: string, bytes: Uint8Array) {
  return rpm.read(bytesFile(path, bytes));
}

function outcome(path: string, bytes: Uint8Array): { packages: string[]; problems: readonly ScanProblem[] } {
  const result = read(path, bytes);
  if (!result.ok) return { packages: [], problems: [`unreadable: ${result.error.reason}`] };
  const packages = result.value.packages.map((p) => `${p.name} ${p.version} ${p.arch}`);
  return { packages: packages.sort(), problems: result.value.problems };
}

const littleFile = { isLittleEndian: true, pageBytes: 4096, buckets: 2 };

describe('wants', () => {
  it.each([
    ['var/lib/rpm/Packages', true],
    ['var/lib/rpm/Packages.db', true],
    ['var/lib/rpm/rpmdb.sqlite', true],
    ['var/lib/rpm/rpmdb.sqlite-wal', true],
    ['var/lib/rpm/rpmdb.sqlite-journal', true],
    ['var/lib/rpm/rpmdb.sqlite-shm', false],
    ['usr/lib/sysimage/rpm/Packages.db', true],
    ['usr/share/rpm/rpmdb.sqlite', true],
    ['opt/other-root/var/lib/rpm/Packages', true],
    ['rpmdb.sqlite', true],
    ['usr/lib/sysimage/rpm-ostree-base-db/rpmdb.sqlite', false],
    ['var/lib/rpm/Name', false],
    ['var/lib/rpm/Index.db', false],
    ['var/lib/apt/lists/deb.debian.org_dists_bookworm_main_binary-amd64_Packages', false],
    ['var/lib/rpm/Packages.old', false],
    ['Packages/x', false],
  ])('%s: %s', (path, wanted) => {
    expect(rpm.wants(path)).toBe(wanted);
  });
});

const headers = [
  packageHeader('bash', { epoch: [1], version: '5.2', sourceRpm: 'bash-5.2-1.src.rpm' }),
  packageHeader('glibc'),
  packageHeader('glibc', { arch: 'i686' }),
  packageHeader('kernel', { version: '5.14' }),
  packageHeader('kernel', { version: '5.15' }),
  packageHeader('gpg-pubkey', { version: 'fd431d51', release: '4ae0493b' }),
  packageHeader('large', { vendor: 'v'.repeat(20_000) }),
];

const LIST = [
  'bash 1:5.2-1 x86_64',
  'glibc 1.0-1 i686',
  'glibc 1.0-1 x86_64',
  'kernel 5.14-1 x86_64',
  'kernel 5.15-1 x86_64',
  'large 1.0-1 x86_64',
];

const broken = packageHeader('broken').subarray(0, 50);

const forms = [
  ...[512, 4096, 65_536].flatMap((pageBytes) =>
    [true, false].flatMap((isLittleEndian) =>
      [1, 2, 5].map((buckets) => ({
        form: `Berkeley DB, ${pageBytes}, ${isLittleEndian ? 'little' : 'big'} endian, ${buckets} buckets`,
        path: 'var/lib/rpm/Packages',
        make: (some: readonly Uint8Array[]) => berkeleyBytes(some, { isLittleEndian, pageBytes, buckets }),
      })),
    ),
  ),
  { form: 'NDB', path: 'usr/lib/sysimage/rpm/Packages.db', make: ndbBytes },
  { form: 'SQLite', path: 'usr/share/rpm/rpmdb.sqlite', make: rpmSqliteBytes },
];

describe.each(forms)('$form', ({ path, make }) => {
  it('keeps every package apart, and no keys', () => {
    expect(outcome(path, make(headers))).toEqual({ packages: LIST, problems: [] });
  });

  it('without packages is read, and holds none', () => {
    expect(outcome(path, make([]))).toEqual({ packages: [], problems: [] });
  });

  it('with a broken header keeps the others, and says which', () => {
    const { packages, problems } = outcome(path, make([broken, ...headers]));
    expect(packages).toEqual(LIST);
    expect(problems).toEqual([expect.stringMatching(/^(record|package) 1: a header of /)]);
  });

  it('cut off is unreadable', () => {
    const bytes = make(headers);
    for (const length of [0, 1, 20, 90, 300, bytes.length >> 1, bytes.length - 1]) {
      expect(outcome(path, bytes.subarray(0, length))).toEqual({
        packages: [],
        problems: [expect.stringMatching(/^unreadable: ./)],
      });
    }
  });
});

describe('a file of another form', () => {
  const aptList = new TextEncoder().encode('Package: bash\nVersion: 5.2\n');
  it.each([
    ['srv/repository/Packages', aptList, 0],
    ['srv/repository/Packages', new Uint8Array(), 0],
    ['srv/app/Packages.db', rpmSqliteBytes([]), 0],
    ['var/lib/rpm/Packages', aptList, 1],
    ['var/lib/rpm/Packages', new Uint8Array(), 1],
    ['var/lib/rpm/Packages.db', rpmSqliteBytes([]), 1],
    ['srv/app/rpmdb.sqlite', aptList, 1],
    ['srv/app/rpmdb.sqlite', new Uint8Array(), 1],
  ])('%s (case %#) gives %i problems', (path, bytes, problems) => {
    const { packages, problems: found } = outcome(path, bytes);
    expect(packages).toEqual([]);
    expect(found).toHaveLength(problems);
  });
});

describe('what is beside an SQLite database', () => {
  function filesOf(change: (database: DatabaseSync) => void): (suffix: string) => Uint8Array {
    const directory = mkdtempSync(join(tmpdir(), 'rpmdb-'));
    const path = join(directory, 'rpmdb.sqlite');
    const database = new DatabaseSync(path);
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB)',
    );
    change(database);
    const files = new Map(['', '-wal'].map((suffix) => [suffix, new Uint8Array(readFileSync(path + suffix))]));
    database.close();
    rmSync(directory, { recursive: true });
    return (suffix) => files.get(suffix) ?? new Uint8Array();
  }

  const insert = (database: DatabaseSync): void => {
    database.prepare('INSERT INTO Packages (blob) VALUES (?)').run(packageHeader('bash'));
  };

  it('a log with changes is a problem', () => {
    const log = filesOf(insert)('-wal');
    const { packages, problems } = outcome('var/lib/rpm/rpmdb.sqlite-wal', log);
    expect(packages).toEqual([]);
    expect(problems).toEqual([expect.stringContaining('may be out of date')]);
  });

  it('a log whose changes are in the database is none once it is emptied', () => {
    const file = filesOf((database) => {
      insert(database);
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    });
    expect(outcome('var/lib/rpm/rpmdb.sqlite-wal', file('-wal'))).toEqual({ packages: [], problems: [] });
    expect(outcome('var/lib/rpm/rpmdb.sqlite', file(''))).toEqual({ packages: ['bash 1.0-1 x86_64'], problems: [] });
  });

  it.each([
    ['nothing', (log: Uint8Array) => log.subarray(0, 0)],
    ['a header alone', (log: Uint8Array) => log.subarray(0, 32)],
    ['part of a frame', (log: Uint8Array) => log.subarray(0, 2000)],
    ['a wrong header', (log: Uint8Array) => log.with(9, 1)],
    ['a wrong first frame', (log: Uint8Array) => log.with(100, 1 ^ (log[100] ?? 0))],
    ['frames of an earlier log', (log: Uint8Array) => log.with(40, 1 ^ (log[40] ?? 0))],
  ])('a log of %s is no problem, since SQLite does not use it', (_, change) => {
    expect(outcome('var/lib/rpm/rpmdb.sqlite-wal', change(filesOf(insert)('-wal')))).toEqual({
      packages: [],
      problems: [],
    });
  });

  it('a journal to be played back is a problem', () => {
    const hot = Uint8Array.from([0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7, ...new Uint8Array(504)]);
    expect(outcome('var/lib/rpm/rpmdb.sqlite-journal', hot).problems).toHaveLength(1);
    expect(outcome('var/lib/rpm/rpmdb.sqlite-journal', hot.fill(0)).problems).toHaveLength(0);
    expect(outcome('var/lib/rpm/rpmdb.sqlite-journal', new Uint8Array()).problems).toHaveLength(0);
  });
});

it('packages are rpm packages of the rpm scheme', () => {
  const result = read('rpm/Packages', berkeleyBytes([packageHeader('bash')], littleFile));
  expect(result.ok && result.value.packages[0]).toEqual({
    name: 'bash',
    version: '1.0-1',
    type: 'rpm',
    scheme: 'rpm',
    arch: 'x86_64',
    module: '',
    source: { name: 'bash', version: '1.0-1' },
  });
});

it('an SQLite database without the table of packages is unreadable', () => {
  const renamed = Buffer.from(rpmSqliteBytes([]));
  for (let at = renamed.indexOf('Packages'); at >= 0; at = renamed.indexOf('Packages')) renamed.write('Others__', at);
  expect(outcome('rpm/rpmdb.sqlite', renamed).problems).toEqual(['unreadable: no table "Packages"']);
});
