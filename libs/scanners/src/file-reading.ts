import type { FileFindings, FileProblem } from '@clair/model';
import type { FileContent, MissingContent } from './layer-content.ts';
import { ownedByPackages } from './owned-files.ts';
import { HEAD_BYTES, type ScannedFile, type Scanner, type ScanProblem } from './scanner.ts';

/** What all scanners of one path read there. */
export interface FileReading {
  readonly files: readonly FileFindings[];
  readonly problems: readonly FileProblem[];
}

/** A file of a layer as its scanners are to see it. */
export interface FileToRead {
  readonly path: string;
  readonly content: FileContent | MissingContent;
  readonly decode: (bytes: Uint8Array) => string;
}

/** Lets each scanner read the file. A file that a scanner cannot read is a problem of that scanner alone. */
export function readFile(
  file: FileToRead,
  wanting: readonly Scanner[],
  all: readonly Scanner[] = wanting,
): FileReading {
  const files: FileFindings[] = [];
  const problems: FileProblem[] = [];
  const { path, content } = file;
  const scanned = typeof content === 'string' ? undefined : scannedFile(path, content, file.decode);
  for (const scanner of wanting) {
    const at = { scanner: scanner.id, path };
    if (scanned === undefined && content === 'unread') {
      problems.push({ ...at, kind: 'incomplete', reason: 'the file was not read' });
      continue;
    }
    if (scanned === undefined || isBeyond(scanned, scanner)) {
      problems.push({ ...at, kind: 'limit', reason: `larger than ${scanner.fileBytesMax} bytes` });
      continue;
    }
    if (scanner.wantsContent?.(scanned.read(0, HEAD_BYTES)) === false) continue;
    const outcome = scanner.read(scanned);
    if (!outcome.ok) {
      problems.push({ ...at, kind: outcome.error.kind, reason: outcome.error.reason });
      continue;
    }
    const { packages, distribution, repositories, owned } = outcome.value;
    files.push({
      ...at,
      packages,
      ...(distribution && { distribution }),
      ...(repositories && { repositories }),
      ...(owned && { owned: ownedByPackages(owned, all) }),
    });
    problems.push(...outcome.value.problems.map((problem) => fileProblem(at, problem)));
  }
  return { files, problems };
}

/** A file that the scanner would pass over is not too large for it. */
function isBeyond(file: ScannedFile, scanner: Scanner): boolean {
  return file.size > scanner.fileBytesMax && scanner.wantsContent?.(file.read(0, HEAD_BYTES)) !== false;
}

/** The file of that content, as a scanner is to see it. `decode`: bytes to text, as UTF-8. */
export function scannedFile(path: string, content: FileContent, decode: (bytes: Uint8Array) => string): ScannedFile {
  let text: string | undefined;
  return {
    path,
    size: content.size,
    get bytes() {
      return content.read(0, content.size);
    },
    read: (offset, length) => content.read(offset, length),
    text() {
      text ??= decode(content.read(0, content.size));
      return text;
    },
  };
}

function fileProblem(at: Pick<FileProblem, 'scanner' | 'path'>, problem: ScanProblem): FileProblem {
  if (typeof problem === 'string') return { ...at, kind: 'malformed', reason: problem };
  const path = problem.member === undefined ? at.path : `${at.path}:${problem.member}`;
  return { scanner: at.scanner, path, kind: problem.kind, reason: problem.reason };
}

/** For a directory where a file is wanted: a file of a lower layer at that path is gone, and nothing took its place. */
export function emptied(path: string, scanners: readonly Scanner[]): readonly FileFindings[] {
  return scanners.map(({ id }) => ({ scanner: id, path, packages: [] }));
}
