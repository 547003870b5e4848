import { normalizePythonName, ok, type Result } from '@clair/model';
import { FoundPackages } from '../../language/found-packages.ts';
import type { ScannedFile, Scanner, ScanOutcome, UnreadableFile } from '../../scanner.ts';
import { readMetadata } from './core-metadata.ts';

/**
 * Installed packages of Python: wheels (`dist-info`), eggs (`egg-info`, a directory or a file), eggs that are still zipped.
 * @see https://packaging.python.org/en/latest/specifications/recording-installed-packages/
 */
export const python = {
  id: 'python',
  version: '1',
  kind: 'package',
  fileBytesMax: 256 * 1024 * 1024,
  wants: isMetadata,
  read: readPython,
} satisfies Scanner;

const TAILS = ['.dist-info/METADATA', '.egg-info/PKG-INFO', '.egg/EGG-INFO/PKG-INFO', '.egg-info'] as const;

function isMetadata(path: string): boolean {
  return TAILS.some((tail) => path.endsWith(tail));
}

function readPython(file: ScannedFile): Result<ScanOutcome, UnreadableFile> {
  const found = new FoundPackages('pypi');
  const { name, version } = readMetadata(file.text());
  found.add(name === '' ? '' : normalizePythonName(name), version);
  return ok(found.outcome());
}
