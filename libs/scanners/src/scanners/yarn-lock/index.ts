import { ok, type Result } from '@clair/model';
import { isLockFile } from '../../language/dependency-directories.ts';
import { FoundPackages } from '../../language/found-packages.ts';
import type { ScannedFile, Scanner, ScanOutcome, UnreadableFile } from '../../scanner.ts';
import { readBerryLock } from './berry.ts';
import { readClassicLock } from './classic.ts';

/** Lock files of Yarn, the classic one and Berry. @see https://classic.yarnpkg.com/lang/en/docs/yarn-lock/ */
export const yarnLock = {
  id: 'yarn-lock',
  version: '2',
  kind: 'package',
  installs: { folder: 'node_modules', scanner: 'npm' },
  fileBytesMax: 32 * 1024 * 1024,
  wants: (path) => isLockFile(path, 'yarn.lock'),
  read: readLock,
} satisfies Scanner;

function readLock(file: ScannedFile): Result<ScanOutcome, UnreadableFile> {
  const text = file.text();
  const found = new FoundPackages('npm');
  if (/^__metadata:/m.test(text)) {
    const read = readBerryLock(text, found);
    return read.ok ? ok(found.outcome()) : read;
  }
  readClassicLock(text, found);
  return ok(found.outcome());
}
