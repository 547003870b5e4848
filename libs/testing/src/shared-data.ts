import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository that this file lies in. */
export const REPOSITORY_ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * A file or directory of the data sets that may lie beside the repository (`../shared/data`, or where `CLAIR_SHARED_DATA` says);
 * `undefined` when it is not there, and then a test that wants it skips: `it.skipIf(data === undefined)`.
 */
export function sharedData(path: string): string | undefined {
  const base = process.env.CLAIR_SHARED_DATA ?? resolve(REPOSITORY_ROOT, '..', 'shared', 'data');
  const found = join(base, path);
  return existsSync(found) ? found : undefined;
}
