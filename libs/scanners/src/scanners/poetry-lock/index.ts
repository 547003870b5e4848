import { err, normalizePythonName, ok, type Result } from '@clair/model';
import { isJsonObject, type JsonObject } from '../../json-document.ts';
import { isLockFile } from '../../language/dependency-directories.ts';
import { FoundPackages } from '../../language/found-packages.ts';
import { listOf, objectOf, textOf } from '../../language/text-field.ts';
import { parseTomlObject } from '../../language/toml-document.ts';
import type { ScannedFile, Scanner, ScanOutcome, UnreadableFile } from '../../scanner.ts';

/** Poetry's lock file, versions 1 and 2. @see https://python-poetry.org/docs/basic-usage/#installing-with-poetrylock */
export const poetryLock = {
  id: 'poetry-lock',
  version: '1',
  kind: 'package',
  fileBytesMax: 16 * 1024 * 1024,
  wants: (path) => isLockFile(path, 'poetry.lock'),
  read: readLock,
} satisfies Scanner;

function readLock(file: ScannedFile): Result<ScanOutcome, UnreadableFile> {
  const document = parseTomlObject(file.text());
  if (!document.ok) return document;
  const packages = document.value.package ?? [];
  if (!Array.isArray(packages)) return err({ kind: 'malformed', reason: 'no list of packages' });
  const found = new FoundPackages('pypi');
  for (const entry of packages) {
    if (!isJsonObject(entry)) found.problem('a package that is no table');
    else if (!isForDevelopment(entry) && textOf(objectOf(entry, 'source'), 'type') !== 'directory')
      found.add(normalizePythonName(textOf(entry, 'name')), textOf(entry, 'version'));
  }
  return ok(found.outcome());
}

/** Up to Poetry 1.4 a category, from 2.0 on the groups that need the package; in between the lock does not say. */
function isForDevelopment(entry: JsonObject): boolean {
  if (textOf(entry, 'category') === 'dev') return true;
  const groups = listOf(entry, 'groups');
  return groups.length > 0 && !groups.includes('main');
}
