import { ok, type Result } from '@clair/model';
import { FoundPackages } from '../../language/found-packages.ts';
import type { ScannedFile, Scanner, ScanOutcome, UnreadableFile } from '../../scanner.ts';
import { ArchiveReading, isArchiveName } from './archive.ts';

/** Java's archives, and those inside of them. @see https://docs.oracle.com/en/java/javase/21/docs/specs/jar/jar.html */
export const java = {
  id: 'java',
  version: '1',
  kind: 'package',
  fileBytesMax: 2 * 1024 * 1024 * 1024,
  liesAnywhere: true,
  wants: isArchiveName,
  read: readArchive,
} satisfies Scanner;

function readArchive(file: ScannedFile): Result<ScanOutcome, UnreadableFile> {
  const found = new FoundPackages('maven');
  new ArchiveReading(found).read(file, file.path);
  return ok(found.outcome());
}
