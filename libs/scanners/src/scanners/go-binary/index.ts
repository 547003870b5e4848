import { ok, type Result } from '@clair/model';
import { readExecutables } from '../../executable/executable.ts';
import { beginsExecutable, mayBeExecutable } from '../../executable/may-be-executable.ts';
import { FoundPackages } from '../../language/found-packages.ts';
import type { ScannedFile, Scanner, ScanOutcome, UnreadableFile } from '../../scanner.ts';
import { isBuiltByGo, readBuildInfo } from './build-info.ts';
import { addModules } from './modules.ts';

/** The name of Go's own library in the Go vulnerability database. */
const STANDARD_LIBRARY = 'stdlib';

/** Programs built by Go: the modules they were made of, and Go's own library. @see https://pkg.go.dev/debug/buildinfo */
export const goBinary = {
  id: 'go-binary',
  version: '1',
  kind: 'package',
  fileBytesMax: 2 * 1024 * 1024 * 1024,
  wants: mayBeExecutable,
  wantsContent: beginsExecutable,
  read: readProgram,
} satisfies Scanner;

function readProgram(file: ScannedFile): Result<ScanOutcome, UnreadableFile> {
  const found = new FoundPackages('golang');
  for (const program of readExecutables(file)) {
    const info = readBuildInfo(program);
    if (info !== undefined) {
      found.add(STANDARD_LIBRARY, info.goVersion);
      addModules(info.modules, found);
    } else if (isBuiltByGo(program)) {
      found.unidentified('a program built by Go, of which neither the version of Go nor its modules can be read');
    }
  }
  return ok(found.outcome());
}
