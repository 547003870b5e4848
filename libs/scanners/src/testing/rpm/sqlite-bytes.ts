import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** An `rpmdb.sqlite` with these headers as records 1, 2, …, made by SQLite. */
export function rpmSqliteBytes(headers: readonly Uint8Array[]): Uint8Array {
  const directory = mkdtempSync(join(tmpdir(), 'rpmdb-'));
  try {
    const path = join(directory, 'rpmdb.sqlite');
    const database = new DatabaseSync(path);
    database.exec(
      'PRAGMA synchronous = OFF; CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)',
    );
    const insert = database.prepare('INSERT INTO Packages (blob) VALUES (?)');
    for (const header of headers) insert.run(header);
    database.close();
    return new Uint8Array(readFileSync(path));
  } finally {
    rmSync(directory, { recursive: true });
  }
}
