import { ok, type Result } from '@clair/model';
import { isLockFile } from '../../language/dependency-directories.ts';
import { FoundPackages } from '../../language/found-packages.ts';
import { quoted } from '../../plain-text.ts';
import type { ScannedFile, Scanner, ScanOutcome, UnreadableFile } from '../../scanner.ts';
import { textLines } from '../../text-lines.ts';

/** Bundler's lock file. @see https://bundler.io/man/gemfile.5.html */
export const gemfileLock = {
  id: 'gemfile-lock',
  version: '1',
  kind: 'package',
  fileBytesMax: 16 * 1024 * 1024,
  wants: (path) => isLockFile(path, 'Gemfile.lock') || isLockFile(path, 'gems.locked'),
  read: readLock,
} satisfies Scanner;

/** Sections whose `specs:` were fetched; `PATH` has the project's own. */
const FETCHED: ReadonlySet<string> = new Set(['GEM', 'GIT', 'PLUGIN SOURCE']);

/** `    name (1.0.0)` or `    name (1.0.0-x86_64-linux)` below `  specs:`; what is further in are its dependencies. */
function readLock(file: ScannedFile): Result<ScanOutcome, UnreadableFile> {
  const found = new FoundPackages('gem');
  let section = '';
  let isInSpecs = false;
  for (const { number, text: line } of textLines(file.text())) {
    if (/^\S/.test(line)) {
      section = line.trim();
      isInSpecs = false;
    } else if (line.trimEnd() === '  specs:') {
      isInSpecs = true;
    } else if (isInSpecs && /^ {4}\S/.test(line)) {
      const [, name = '', version = ''] = /^ {4}(\S+) \(([^()\s-]+)(?:-[^()\s]+)?\)$/.exec(line.trimEnd()) ?? [];
      if (name === '') found.problem(`line ${number}: no gem with a version: ${quoted(line)}`);
      else if (FETCHED.has(section)) found.add(name, version);
    }
  }
  return ok(found.outcome());
}
