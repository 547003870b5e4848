import type { OwnedFiles } from '@clair/model';
import type { Scanner } from './scanner.ts';

/**
 * Of the files that packages of the distribution brought, those that some scanner wants: the only ones whose owner will ever be
 * asked for. A package of 10,000 files of documentation costs nothing.
 */
export function ownedByPackages(owned: readonly OwnedFiles[], scanners: readonly Scanner[]): readonly OwnedFiles[] {
  return owned.flatMap(({ owner, paths }) => {
    const wanted = paths.filter((path) => scanners.some((scanner) => scanner.wants(path)));
    return wanted.length === 0 ? [] : [{ owner, paths: wanted }];
  });
}

/** Directories of the root that are links into `usr` where a distribution has merged the two; package lists name either. */
const MERGED = /^(?:bin|sbin|lib|lib32|lib64|libx32)\//;

/** One spelling for a path, whether or not `bin`, `sbin` and `lib` are links into `usr`. */
export function mergedPath(path: string): string {
  return MERGED.test(path) ? `usr/${path}` : path;
}
