import { err, normalizePythonName, ok, type Result } from '@clair/model';
import { FoundPackages } from '../../language/found-packages.ts';
import type { ScannedFile, Scanner, ScanOutcome, UnreadableFile } from '../../scanner.ts';
import { decodeText } from '../../sqlite/text-decoding.ts';
import { readZip, zipMember } from '../../zip/zip-archive.ts';
import { readMetadata } from './core-metadata.ts';

/**
 * Installed packages of Python: wheels (`dist-info`), eggs (`egg-info`, a directory or a file), eggs that are still zipped.
 * @see https://packaging.python.org/en/latest/specifications/recording-installed-packages/
 */
export const python = {
  id: 'python',
  version: '2',
  kind: 'package',
  fileBytesMax: 256 * 1024 * 1024,
  wants: isMetadata,
  read: readPython,
} satisfies Scanner;

/** The description is a part of it. */
const METADATA_BYTES_MAX = 16 * 1024 * 1024;

const TAILS = ['.dist-info/METADATA', '.egg-info/PKG-INFO', '.egg/EGG-INFO/PKG-INFO', '.egg-info'] as const;

function isMetadata(path: string): boolean {
  return TAILS.some((tail) => path.endsWith(tail)) || isZippedEgg(path);
}

function isZippedEgg(path: string): boolean {
  return path.endsWith('.egg');
}

function readPython(file: ScannedFile): Result<ScanOutcome, UnreadableFile> {
  const text = isZippedEgg(file.path) ? zippedMetadata(file) : ok(file.text());
  if (!text.ok) return text;
  const found = new FoundPackages('pypi');
  const { name, version } = readMetadata(text.value);
  found.add(name === '' ? '' : normalizePythonName(name), version);
  return ok(found.outcome());
}

/** @see https://setuptools.pypa.io/en/latest/deprecated/python_eggs.html#zip-support-metadata */
function zippedMetadata(file: ScannedFile): Result<string, UnreadableFile> {
  const zip = readZip(file);
  if (!zip.ok) return err({ kind: 'malformed', reason: zip.error });
  const entry = zip.value.entries.find(({ name }) => name === 'EGG-INFO/PKG-INFO');
  if (entry === undefined) return err({ kind: 'malformed', reason: 'it has no EGG-INFO/PKG-INFO' });
  const bytes = zipMember(file, entry, { bytesMax: METADATA_BYTES_MAX });
  return bytes.ok ? ok(decodeText(bytes.value.read(0, METADATA_BYTES_MAX), 'utf-8')) : bytes;
}
