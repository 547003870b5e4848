import type { FileProblem } from '@clair/model';

/** Stands in {@link FileProblem.scanner} where it is the overlay, and no scanner, that could not be followed. */
const OVERLAY = 'overlay';

/** A problem of the overlay itself. The empty path is the whole layer. */
export function overlayProblem(path: string, kind: FileProblem['kind'], reason: string): FileProblem {
  return { scanner: OVERLAY, path, kind, reason };
}
