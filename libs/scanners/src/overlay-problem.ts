import type { FileProblem } from '@clair/model';
import type { Scanner } from './scanner.ts';

/** Stands in {@link FileProblem.scanner} where it is the overlay, and no scanner, that could not be followed. */
const OVERLAY = 'overlay';

/** A problem of the overlay itself. The empty path is the whole layer. */
export function overlayProblem(path: string, kind: FileProblem['kind'], reason: string): FileProblem {
  return { scanner: OVERLAY, path, kind, reason };
}

/**
 * A package database that is a link or a device hides its packages; a release file is commonly a link to the other, and a link
 * to a program or an archive leads to one that is read where it lies.
 */
export function notFollowed(path: string, wanting: readonly Scanner[]): readonly FileProblem[] {
  return wanting
    .filter(({ kind, wantsContent, liesAnywhere }) => kind === 'package' && !wantsContent && liesAnywhere !== true)
    .map(({ id }) => ({ scanner: id, path, kind: 'incomplete', reason: 'not a regular file; links are not followed' }));
}
