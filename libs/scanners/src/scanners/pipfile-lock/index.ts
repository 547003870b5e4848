import { err, normalizePythonName, ok, type Result } from '@clair/model';
import { isJsonObject, parseJsonObject } from '../../json-document.ts';
import { isLockFile } from '../../language/dependency-directories.ts';
import { FoundPackages } from '../../language/found-packages.ts';
import { textOf } from '../../language/text-field.ts';
import type { ScannedFile, Scanner, ScanOutcome, UnreadableFile } from '../../scanner.ts';

/** Pipenv's lock file; `develop` is for development. @see https://pipenv.pypa.io/en/latest/pipfile.html */
export const pipfileLock = {
  id: 'pipfile-lock',
  version: '1',
  kind: 'package',
  fileBytesMax: 16 * 1024 * 1024,
  wants: (path) => isLockFile(path, 'Pipfile.lock'),
  read: readLock,
} satisfies Scanner;

function readLock(file: ScannedFile): Result<ScanOutcome, UnreadableFile> {
  const document = parseJsonObject(file.text());
  if (!document.ok) return document;
  if (!isJsonObject(document.value.default)) return err({ kind: 'malformed', reason: 'no default packages' });
  const found = new FoundPackages('pypi');
  for (const [name, entry] of Object.entries(document.value.default)) {
    if (!isJsonObject(entry)) found.problem('a package that is no object');
    else if (entry.editable === true && textOf(entry, 'path') !== '') continue;
    else if (textOf(entry, 'version') === '')
      found.unidentified(`${name} is installed from an address, not from an index`);
    else found.add(normalizePythonName(name), textOf(entry, 'version').replace(/^===?\s*/, ''));
  }
  return ok(found.outcome());
}
