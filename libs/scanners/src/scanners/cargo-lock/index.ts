import { err, ok, type Result } from '@clair/model';
import { isJsonObject } from '../../json-document.ts';
import { isLockFile } from '../../language/dependency-directories.ts';
import { FoundPackages } from '../../language/found-packages.ts';
import { textOf } from '../../language/text-field.ts';
import { parseTomlObject } from '../../language/toml-document.ts';
import type { ScannedFile, Scanner, ScanOutcome, UnreadableFile } from '../../scanner.ts';

/** Cargo's lock file, in all its versions. @see https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html */
export const cargoLock = {
  id: 'cargo-lock',
  version: '1',
  kind: 'package',
  fileBytesMax: 16 * 1024 * 1024,
  wants: (path) => isLockFile(path, 'Cargo.lock'),
  read: readLock,
} satisfies Scanner;

/** Packages without a source are the project's own. The lock does not say which are for tests or builds only. */
function readLock(file: ScannedFile): Result<ScanOutcome, UnreadableFile> {
  const document = parseTomlObject(file.text());
  if (!document.ok) return document;
  const packages = document.value.package ?? [];
  if (!Array.isArray(packages)) return err({ kind: 'malformed', reason: 'no list of packages' });
  const found = new FoundPackages('cargo');
  for (const entry of packages) {
    if (!isJsonObject(entry)) found.problem('a package that is no table');
    else if (textOf(entry, 'source') !== '') found.add(textOf(entry, 'name'), textOf(entry, 'version'));
  }
  return ok(found.outcome());
}
