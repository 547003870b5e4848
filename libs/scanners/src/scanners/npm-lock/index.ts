import { ok, type Result } from '@clair/model';
import { isJsonObject, type JsonObject, parseJsonObject } from '../../json-document.ts';
import { isLockFile } from '../../language/dependency-directories.ts';
import { FoundPackages } from '../../language/found-packages.ts';
import { objectOf, textOf } from '../../language/text-field.ts';
import type { ScannedFile, Scanner, ScanOutcome, UnreadableFile } from '../../scanner.ts';

const FOLDER = 'node_modules/';
/** Real trees are some ten deep. */
const DEPTH_MAX = 200;

/** npm's lock files, in all three versions. @see https://docs.npmjs.com/cli/configuring-npm/package-lock-json */
export const npmLock = {
  id: 'npm-lock',
  version: '2',
  kind: 'package',
  installs: { folder: 'node_modules', scanner: 'npm' },
  fileBytesMax: 64 * 1024 * 1024,
  wants: (path) => isLockFile(path, 'package-lock.json') || isLockFile(path, 'npm-shrinkwrap.json'),
  read: readLock,
} satisfies Scanner;

function readLock(file: ScannedFile): Result<ScanOutcome, UnreadableFile> {
  const document = parseJsonObject(file.text());
  if (!document.ok) return document;
  const found = new FoundPackages('npm');
  if (isJsonObject(document.value.packages)) readPackages(document.value.packages, found);
  else readTree(objectOf(document.value, 'dependencies'), found, 0);
  return ok(found.outcome());
}

/** Versions 2 and 3: by path. The project itself and its workspaces lie outside of any `node_modules`. */
function readPackages(packages: JsonObject, found: FoundPackages): void {
  for (const [path, entry] of Object.entries(packages)) {
    const folder = path.lastIndexOf(FOLDER);
    if (folder < 0 || !isJsonObject(entry) || entry.dev === true || entry.link === true) continue;
    add(textOf(entry, 'name') || path.slice(folder + FOLDER.length), textOf(entry, 'version'), found);
  }
}

/** Version 1: by name, nested as they are installed. */
function readTree(dependencies: JsonObject, found: FoundPackages, depth: number): void {
  if (depth > DEPTH_MAX) {
    found.problem({ kind: 'limit', reason: `dependencies nested more than ${DEPTH_MAX} deep` });
    return;
  }
  for (const [name, entry] of Object.entries(dependencies)) {
    if (!isJsonObject(entry) || entry.dev === true) continue;
    add(name, textOf(entry, 'version'), found);
    readTree(objectOf(entry, 'dependencies'), found, depth + 1);
  }
}

/** A version may be an alias (`npm:other@1.0.0`), the place of the project's own files, or an address that names a commit. */
function add(name: string, version: string, found: FoundPackages): void {
  if (/^(?:file|link|workspace):/.test(version)) return;
  const [, alias = '', aliased = ''] = /^npm:(.+)@([^@]+)$/.exec(version) ?? [];
  if (alias !== '') found.add(alias, aliased);
  else if (/[:/]/.test(version)) found.unidentified(`${name} is installed from an address, not from a registry`);
  else found.add(name, version);
}
