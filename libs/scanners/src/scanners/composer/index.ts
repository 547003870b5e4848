import { err, ok, type Result } from '@clair/model';
import { isJsonObject } from '../../json-document.ts';
import { FoundPackages } from '../../language/found-packages.ts';
import { textOf } from '../../language/text-field.ts';
import { isAtAnyRoot } from '../../layer-path.ts';
import type { ScannedFile, Scanner, ScanOutcome, UnreadableFile } from '../../scanner.ts';

/** What Composer has installed. @see https://getcomposer.org/doc/ */
export const composer = {
  id: 'composer',
  version: '1',
  kind: 'package',
  fileBytesMax: 64 * 1024 * 1024,
  wants: (path) => isAtAnyRoot(path, 'composer/installed.json'),
  read: readInstalled,
} satisfies Scanner;

/** Composer 1 wrote a list, Composer 2 writes an object with the list under `packages`. */
function readInstalled(file: ScannedFile): Result<ScanOutcome, UnreadableFile> {
  let document: unknown;
  try {
    document = JSON.parse(file.text());
  } catch {
    return err({ kind: 'malformed', reason: 'not JSON' });
  }
  const packages: unknown = isJsonObject(document) ? document.packages : document;
  if (!Array.isArray(packages)) return err({ kind: 'malformed', reason: 'no list of packages' });
  const found = new FoundPackages('composer');
  for (const entry of packages) {
    if (isJsonObject(entry)) found.add(textOf(entry, 'name'), textOf(entry, 'version'));
    else found.problem('a package that is no object');
  }
  return ok(found.outcome());
}
