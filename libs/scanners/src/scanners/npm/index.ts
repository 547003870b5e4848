import { ok, type Result } from '@clair/model';
import { parseJsonObject } from '../../json-document.ts';
import { FoundPackages } from '../../language/found-packages.ts';
import { textOf } from '../../language/text-field.ts';
import type { ScannedFile, Scanner, ScanOutcome, UnreadableFile } from '../../scanner.ts';

const FILE = '/package.json';
const FOLDER = 'node_modules/';

/** Packages installed by npm, Yarn or pnpm: `package.json` of each. @see https://docs.npmjs.com/cli/configuring-npm/package-json */
export const npm = {
  id: 'npm',
  version: '1',
  kind: 'package',
  fileBytesMax: 16 * 1024 * 1024,
  wants: isOfPackage,
  read: readPackage,
} satisfies Scanner;

/**
 * `node_modules/NAME/package.json` and `node_modules/@SCOPE/NAME/package.json`, however deep the innermost `node_modules` lies. Other
 * files of that name in a package say how to load its parts, and are no packages.
 */
function isOfPackage(path: string): boolean {
  if (!path.endsWith(FILE)) return false;
  const folder = path.lastIndexOf(FOLDER);
  if (folder < 0 || (folder > 0 && path.charAt(folder - 1) !== '/')) return false;
  const name = path.slice(folder + FOLDER.length, -FILE.length);
  if (name === '' || name.startsWith('.')) return false;
  const slash = name.indexOf('/');
  return name.startsWith('@') ? slash > 0 && name.indexOf('/', slash + 1) < 0 : slash < 0;
}

function readPackage(file: ScannedFile): Result<ScanOutcome, UnreadableFile> {
  const text = file.text();
  const document = parseJsonObject(text.startsWith('\ufeff') ? text.slice(1) : text);
  if (!document.ok) return document;
  const found = new FoundPackages('npm');
  found.add(textOf(document.value, 'name'), textOf(document.value, 'version').trim());
  return ok(found.outcome());
}
