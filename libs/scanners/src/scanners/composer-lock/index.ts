import { err, ok, type Result } from '@clair/model';
import { isJsonObject, parseJsonObject } from '../../json-document.ts';
import { isLockFile } from '../../language/dependency-directories.ts';
import { FoundPackages } from '../../language/found-packages.ts';
import { listOf, objectOf, textOf } from '../../language/text-field.ts';
import type { ScannedFile, Scanner, ScanOutcome, UnreadableFile } from '../../scanner.ts';

/** Composer's lock file; `packages-dev` is for development. @see https://getcomposer.org/doc/01-basic-usage.md */
export const composerLock = {
  id: 'composer-lock',
  version: '2',
  kind: 'package',
  installs: { folder: 'vendor', scanner: 'composer' },
  fileBytesMax: 64 * 1024 * 1024,
  wants: (path) => isLockFile(path, 'composer.lock'),
  read: readLock,
} satisfies Scanner;

function readLock(file: ScannedFile): Result<ScanOutcome, UnreadableFile> {
  const document = parseJsonObject(file.text());
  if (!document.ok) return document;
  if (!Array.isArray(document.value.packages)) return err({ kind: 'malformed', reason: 'no list of packages' });
  const found = new FoundPackages('composer');
  for (const entry of listOf(document.value, 'packages')) {
    if (!isJsonObject(entry)) found.problem('a package that is no object');
    else if (textOf(objectOf(entry, 'dist'), 'type') !== 'path')
      found.add(textOf(entry, 'name'), textOf(entry, 'version'));
  }
  return ok(found.outcome());
}
