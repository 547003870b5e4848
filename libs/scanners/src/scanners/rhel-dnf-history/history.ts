import { err, ok, type PackageOrigin, type Result } from '@clair/model';
import { isPlainText, quoted } from '../../plain-text.ts';
import { ProblemList } from '../../problem-list.ts';
import type { ScanOutcome, UnreadableFile } from '../../scanner.ts';
import { openSqlite, type SqliteDatabase, type SqliteRow } from '../../sqlite/open-sqlite.ts';

/** Rows of one table; an image has some hundreds. */
const ROWS_MAX = 200_000;

/** Actions of dnf 4 that bring a package in: install, downgrade, obsolete, upgrade, reinstall. The others take one away. */
const DNF4_INCOMING: ReadonlySet<unknown> = new Set([1, 2, 4, 6, 9]);
const DNF5_INCOMING: ReadonlySet<unknown> = new Set(['Install', 'Upgrade', 'Downgrade', 'Reinstall']);

/** Which repository each package came from, the last transaction of a package counting. Reads the schema of dnf 4 and that of dnf 5. */
export function readDnfHistory(bytes: Uint8Array): Result<ScanOutcome, UnreadableFile> {
  const database = openSqlite(bytes);
  if (!database.ok) return err({ kind: 'malformed', reason: database.error.reason });
  const tables = new HistoryTables(database.value);
  const repoids = tables.texts('repo', 'repoid');
  const packages = tables.packages();
  const isIncoming = tables.incoming();
  const origins = new Map<unknown, PackageOrigin>();
  for (const row of tables.rows('trans_item')) {
    const pkg = packages.get(row.get('item_id'));
    const repoid = repoids.get(row.get('repo_id'));
    if (pkg === undefined || repoid === undefined || !isIncoming(row)) continue;
    if (isPlainText(repoid) && repoid !== '') origins.set(row.get('item_id'), { ...pkg, repoid });
    else tables.problems.add(`not a repository id: ${quoted(repoid)}`);
  }
  const repositories = { contentSets: [], cpes: [], origins: [...origins.values()] };
  return ok({ packages: [], repositories, problems: tables.problems.reasons() });
}

/** The tables of a history. What of one does not read is a problem; what came before counts. */
class HistoryTables {
  readonly problems = new ProblemList();
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  *rows(name: string): Iterable<SqliteRow> {
    const table = this.#database.table(name);
    if (!table.ok) {
      this.problems.add(`table ${name}: ${table.error.reason}`);
      return;
    }
    let count = 0;
    for (const row of table.value.rows()) {
      count += 1;
      if (!row.ok || count > ROWS_MAX) {
        this.problems.add(`table ${name}: ${row.ok ? `more than ${ROWS_MAX} rows` : row.error.reason}`);
        return;
      }
      yield row.value;
    }
  }

  /** A column of texts by the table's `id`. */
  texts(table: string, column: string): ReadonlyMap<unknown, string> {
    const texts = new Map<unknown, string>();
    for (const row of this.rows(table)) {
      const value = row.get(column);
      if (typeof value === 'string') texts.set(row.get('id'), value);
    }
    return texts;
  }

  /** By `item_id`. dnf 5 keeps names and architectures in tables of their own. */
  packages(): ReadonlyMap<unknown, Omit<PackageOrigin, 'repoid'>> {
    const isDnf5 = this.#isDnf5();
    const names = isDnf5 ? this.texts('pkg_name', 'name') : undefined;
    const arches = isDnf5 ? this.texts('arch', 'name') : undefined;
    const packages = new Map<unknown, Omit<PackageOrigin, 'repoid'>>();
    for (const row of this.rows('rpm')) {
      const name = names === undefined ? row.get('name') : names.get(row.get('name_id'));
      const arch = arches === undefined ? row.get('arch') : arches.get(row.get('arch_id'));
      const [epoch, version, release] = ['epoch', 'version', 'release'].map((column) => text(row.get(column)));
      if (typeof name !== 'string' || typeof arch !== 'string' || !version || !release) {
        this.problems.add(`table rpm: not a package: ${quoted(String(name))}`);
        continue;
      }
      const evr = `${epoch === '0' || !epoch ? '' : `${epoch}:`}${version}-${release}`;
      packages.set(row.get('item_id'), { name, version: evr, arch });
    }
    return packages;
  }

  incoming(): (row: SqliteRow) => boolean {
    if (!this.#isDnf5()) return (row) => DNF4_INCOMING.has(row.get('action'));
    const names = this.texts('trans_item_action', 'name');
    return (row) => DNF5_INCOMING.has(names.get(row.get('action_id')));
  }

  #isDnf5(): boolean {
    return this.#database.tables.includes('pkg_name');
  }
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
