import type { FileFindings, FileProblem } from '@clair/model';
import type { Scanner } from './scanner.ts';

/** Why the bytes of a file are not there: larger than any scanner of it allows, or not read for another reason. */
export type MissingBytes = 'too-large' | 'unread';

/** What all scanners of one path read there. */
export interface FileReading {
  readonly files: readonly FileFindings[];
  readonly problems: readonly FileProblem[];
}

/** A file of a layer as its scanners are to see it. */
export interface FileToRead {
  readonly path: string;
  readonly bytes: Uint8Array | MissingBytes;
  readonly decode: (bytes: Uint8Array) => string;
}

/** Lets each scanner read the file. A file that a scanner cannot read is a problem of that scanner alone. */
export function readFile(file: FileToRead, scanners: readonly Scanner[]): FileReading {
  const files: FileFindings[] = [];
  const problems: FileProblem[] = [];
  let text: string | undefined;
  const decoded = (bytes: Uint8Array): string => {
    text ??= file.decode(bytes);
    return text;
  };
  for (const scanner of scanners) {
    const at = { scanner: scanner.id, path: file.path };
    const { bytes } = file;
    if (bytes === 'unread') {
      problems.push({ ...at, kind: 'incomplete', reason: 'the file was not read' });
      continue;
    }
    if (bytes === 'too-large' || bytes.length > scanner.fileBytesMax) {
      problems.push({ ...at, kind: 'limit', reason: `larger than ${scanner.fileBytesMax} bytes` });
      continue;
    }
    const outcome = scanner.read({ path: file.path, bytes, text: () => decoded(bytes) });
    if (!outcome.ok) {
      problems.push({ ...at, kind: outcome.error.kind, reason: outcome.error.reason });
      continue;
    }
    const { packages, distribution, repositories } = outcome.value;
    files.push({ ...at, packages, ...(distribution && { distribution }), ...(repositories && { repositories }) });
    for (const reason of outcome.value.problems) problems.push({ ...at, kind: 'malformed', reason });
  }
  return { files, problems };
}

/** For a directory where a file is wanted: a file of a lower layer at that path is gone, and nothing took its place. */
export function emptied(path: string, scanners: readonly Scanner[]): readonly FileFindings[] {
  return scanners.map(({ id }) => ({ scanner: id, path, packages: [] }));
}
