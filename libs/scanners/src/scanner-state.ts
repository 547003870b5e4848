import { compareText } from '@clair/model';
import type { Scanner } from './scanner.ts';

/**
 * The text whose hash is the `index_state` of Clair's API: the same for the same scanners in the same versions, in
 * whatever order they are given. One line `id version kind` a scanner, sorted.
 */
export function scannerState(scanners: readonly Scanner[]): string {
  return scanners
    .map(({ id, version, kind }) => `${id} ${version} ${kind}`)
    .sort(compareText)
    .join('\n');
}
