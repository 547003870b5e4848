import { ok, type Result } from '@clair/model';
import { FoundPackages } from '../../language/found-packages.ts';
import type { ScannedFile, Scanner, ScanOutcome, UnreadableFile } from '../../scanner.ts';
import { ArchiveReading, isArchiveName } from './archive.ts';
import type { JarIndex } from './jar-index.ts';

const VERSION = '1';

/**
 * Java's archives, and those inside of them. `index`: tells those that do not tell themselves.
 * @see https://docs.oracle.com/en/java/javase/21/docs/specs/jar/jar.html
 */
export function javaScanner(index?: JarIndex): Scanner {
  return {
    id: 'java',
    version: index === undefined ? VERSION : `${VERSION}-${index.version}`,
    kind: 'package',
    fileBytesMax: 2 * 1024 * 1024 * 1024,
    liesAnywhere: true,
    wants: isArchiveName,
    read: (file) => readArchive(file, index),
  };
}

/** Without an index. */
export const java: Scanner = javaScanner();

function readArchive(file: ScannedFile, index: JarIndex | undefined): Result<ScanOutcome, UnreadableFile> {
  const found = new FoundPackages('maven');
  new ArchiveReading(found, index).read(file, file.path);
  return ok(found.outcome());
}
