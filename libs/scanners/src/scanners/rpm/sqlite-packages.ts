import { err, ok, type Result } from '@clair/model';
import { openSqlite } from '../../sqlite/open-sqlite.ts';
import type { HeaderRecord, RecordProblem } from './header-record.ts';

/**
 * The headers of an SQLite database (`rpmdb.sqlite`): column `blob` of table `Packages`, by record number.
 * @see https://github.com/rpm-software-management/rpm/blob/rpm-4.18.0-release/lib/backend/sqlite.c
 */
export function* sqliteRecords(bytes: Uint8Array): Generator<Result<HeaderRecord, RecordProblem>> {
  const database = openSqlite(bytes);
  if (!database.ok) return yield corrupt(database.error.reason);
  const table = database.value.table('Packages');
  if (!table.ok) return yield corrupt(table.error.reason);
  if (!table.value.columns.includes('blob')) return yield corrupt('the table of packages has no column "blob"');
  for (const row of table.value.rows()) {
    if (!row.ok) return yield corrupt(row.error.reason);
    const at = `record ${row.value.get('hnum')}`;
    const blob = row.value.get('blob');
    if (blob instanceof Uint8Array) yield ok({ at, bytes: blob });
    else yield err({ costs: 'record', reason: `${at}: no header` });
  }
}

function corrupt(reason: string) {
  return err<RecordProblem>({ costs: 'database', reason });
}
