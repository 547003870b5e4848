import { ok, type Result } from '@clair/model';
import { isJsonObject, type JsonObject } from '../../json-document.ts';
import { isLockFile } from '../../language/dependency-directories.ts';
import { FoundPackages } from '../../language/found-packages.ts';
import { objectOf, textOf } from '../../language/text-field.ts';
import { parseYamlObjects } from '../../language/yaml-document.ts';
import type { ScannedFile, Scanner, ScanOutcome, UnreadableFile } from '../../scanner.ts';
import { productionSnapshots } from './production-snapshots.ts';

/** pnpm's lock file, versions 5 to 9. @see https://github.com/pnpm/spec/tree/master/lockfile */
export const pnpmLock = {
  id: 'pnpm-lock',
  version: '2',
  kind: 'package',
  installs: { folder: 'node_modules', scanner: 'npm' },
  fileBytesMax: 32 * 1024 * 1024,
  wants: (path) => isLockFile(path, 'pnpm-lock.yaml'),
  read: readLock,
} satisfies Scanner;

function readLock(file: ScannedFile): Result<ScanOutcome, UnreadableFile> {
  const documents = parseYamlObjects(file.text());
  if (!documents.ok) return documents;
  const found = new FoundPackages('npm');
  for (const document of documents.value) {
    const major = Number.parseInt(String(document.lockfileVersion), 10);
    if (Number.isNaN(major)) found.problem('no lockfileVersion');
    else if (major >= 9 && isJsonObject(document.snapshots)) readSnapshots(document, found);
    else readPackages(document, found, major);
  }
  return ok(found.outcome());
}

/** Version 9: `packages` by `name@version`; who is only there for development follows from who needs it. */
function readSnapshots(document: JsonObject, found: FoundPackages): void {
  const production = productionSnapshots(document);
  for (const [key, entry] of Object.entries(objectOf(document, 'packages'))) {
    if (production.has(key)) addDependency(found, splitName(key), entry);
  }
}

/** Versions 5 (`/name/1.0.0_peer@2`) and 6 (`/name@1.0.0(peer@2)`), where entries say whether they are for development. */
function readPackages(document: JsonObject, found: FoundPackages, major: number): void {
  for (const [key, entry] of Object.entries(objectOf(document, 'packages'))) {
    if (isJsonObject(entry) && entry.dev === true) continue;
    const path = key.replace(/^\//, '').replace(/\(.*$/, '');
    addDependency(found, major < 6 ? splitPath(path) : splitName(path), entry);
  }
}

interface NameAndVersion {
  readonly name: string;
  readonly version: string;
}

function splitName(key: string): NameAndVersion {
  const at = key.indexOf('@', 1);
  return at < 0 ? { name: key, version: '' } : { name: key.slice(0, at), version: key.slice(at + 1) };
}

function splitPath(path: string): NameAndVersion {
  const slash = path.lastIndexOf('/');
  return { name: path.slice(0, Math.max(slash, 0)), version: path.slice(slash + 1).replace(/_.*$/, '') };
}

/** What comes from elsewhere than a registry has its name and version as fields, and an address where the version would be. */
function addDependency(found: FoundPackages, { name, version }: NameAndVersion, entry: unknown): void {
  const fields: JsonObject = isJsonObject(entry) ? entry : {};
  const stated = textOf(fields, 'version');
  if (stated !== '') found.add(textOf(fields, 'name') || name, stated);
  else if (/^\d+\.\d+\.[^/]+$/.test(version)) found.add(name, version);
  else if (!/^(?:file|link|workspace):/.test(version))
    found.unidentified(`${name || version} is installed from an address, not from a registry`);
}
