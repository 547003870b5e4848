import { err, ok, type Result } from '@clair/model';
import { isJsonObject, parseJsonObject } from '../../json-document.ts';
import { isLockFile } from '../../language/dependency-directories.ts';
import { FoundPackages } from '../../language/found-packages.ts';
import { objectOf, textOf } from '../../language/text-field.ts';
import type { ScannedFile, Scanner, ScanOutcome, UnreadableFile } from '../../scanner.ts';

/**
 * NuGet's lock file: for each target framework what was resolved.
 * @see https://learn.microsoft.com/nuget/consume-packages/package-references-in-project-files#locking-dependencies
 */
export const nugetLock = {
  id: 'nuget-lock',
  version: '1',
  kind: 'package',
  fileBytesMax: 64 * 1024 * 1024,
  wants: (path) => isLockFile(path, 'packages.lock.json'),
  read: readLock,
} satisfies Scanner;

function readLock(file: ScannedFile): Result<ScanOutcome, UnreadableFile> {
  const text = file.text();
  const document = parseJsonObject(text.startsWith('\ufeff') ? text.slice(1) : text);
  if (!document.ok) return document;
  if (!isJsonObject(document.value.dependencies)) return err({ kind: 'malformed', reason: 'no dependencies' });
  const found = new FoundPackages('nuget');
  for (const framework of Object.keys(document.value.dependencies)) {
    for (const [name, entry] of Object.entries(objectOf(document.value.dependencies, framework))) {
      if (!isJsonObject(entry) || textOf(entry, 'type').toLowerCase() === 'project') continue;
      found.add(name, textOf(entry, 'resolved'));
    }
  }
  return ok(found.outcome());
}
