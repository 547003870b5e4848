import { err, ok, type Result } from '@clair/model';
import { baseName, parentPath } from '../../layer-path.ts';
import type { ScannedFile, ScanOutcome, UnreadableFile } from '../../scanner.ts';
import { isSqlite } from '../../sqlite/page-file.ts';
import { committedFrames, isHotJournal } from '../../sqlite/write-ahead-log.ts';
import { berkeleyRecords } from './berkeley-hash.ts';
import { berkeleyForm } from './berkeley-pages.ts';
import type { HeaderRecords } from './header-record.ts';
import { isNdb, ndbRecords } from './ndb.ts';
import { readDatabase } from './read-database.ts';
import { sqliteRecords } from './sqlite-packages.ts';

interface DatabaseForm {
  readonly name: string;
  readonly matches: (bytes: Uint8Array) => boolean;
  readonly records: (bytes: Uint8Array) => HeaderRecords;
}

const BERKELEY = 'Packages';
const NDB = 'Packages.db';
const SQLITE = 'rpmdb.sqlite';
const SQLITE_LOG = 'rpmdb.sqlite-wal';
const SQLITE_JOURNAL = 'rpmdb.sqlite-journal';

const FORMS: ReadonlyMap<string, DatabaseForm> = new Map([
  [
    BERKELEY,
    {
      name: 'Berkeley DB hash database',
      matches: (bytes) => berkeleyForm(bytes) === 'hash',
      records: berkeleyRecords,
    },
  ],
  [NDB, { name: 'NDB database', matches: isNdb, records: ndbRecords }],
  [SQLITE, { name: 'SQLite database', matches: isSqlite, records: sqliteRecords }],
]);

const NAMES: ReadonlySet<string> = new Set([...FORMS.keys(), SQLITE_LOG, SQLITE_JOURNAL]);
/** rpm-ostree's copy of the database before packages were layered on it: not what is installed. */
const BASE_COPY = 'rpm-ostree-base-db';
const NOTHING: ScanOutcome = { packages: [], problems: [] };

/** Whether a path is that of an rpm database, or of what SQLite leaves beside one. */
export function isDatabasePath(path: string): boolean {
  return NAMES.has(baseName(path)) && baseName(parentPath(path)) !== BASE_COPY;
}

/**
 * Reads a database in the form that its name stands for. `Packages` and `Packages.db` are names that others use too
 * (apt's lists): such a file of another form is passed over, unless its directory is called `rpm`.
 */
export function readDatabaseFile({ path, bytes }: ScannedFile): Result<ScanOutcome, UnreadableFile> {
  const name = baseName(path);
  if (name === SQLITE_LOG) return ok(logOutcome(bytes));
  if (name === SQLITE_JOURNAL) return ok(journalOutcome(bytes));
  const form = FORMS.get(name);
  if (form === undefined) return ok(NOTHING);
  if (form.matches(bytes)) return readDatabase(form.records(bytes));
  const isOfRpm = name === SQLITE || baseName(parentPath(path)) === 'rpm';
  if (!isOfRpm) return ok(NOTHING);
  return err({ kind: 'malformed', reason: bytes.length === 0 ? 'is empty' : `is no ${form.name}` });
}

function logOutcome(bytes: Uint8Array): ScanOutcome {
  const frames = committedFrames(bytes);
  if (frames === 0) return NOTHING;
  const reason = `${frames} changed pages are only sure to be here: ${SQLITE} beside it may be out of date`;
  return { packages: [], problems: [reason] };
}

function journalOutcome(bytes: Uint8Array): ScanOutcome {
  if (!isHotJournal(bytes)) return NOTHING;
  return { packages: [], problems: [`an unfinished change of ${SQLITE} beside it was not undone`] };
}
