import { baseName } from '../../layer-path.ts';
import type { Scanner } from '../../scanner.ts';
import { RELEASE_PATHS, readReleaseFile } from './release-files.ts';

const PATHS: ReadonlySet<string> = new Set(RELEASE_PATHS);
const PATH_LENGTH_MAX = Math.max(...RELEASE_PATHS.map((path) => path.length));
const BASE_NAMES: ReadonlySet<string> = new Set(RELEASE_PATHS.map(baseName));

/** Which distribution an image is. @see https://www.freedesktop.org/software/systemd/man/latest/os-release.html */
export const osRelease = {
  id: 'os-release',
  version: '2',
  kind: 'distribution',
  fileBytesMax: 64 * 1024,
  wants: (path) => path.length <= PATH_LENGTH_MAX && BASE_NAMES.has(baseName(path)) && PATHS.has(path),
  read: (file) => readReleaseFile(file.path, file.text()),
} satisfies Scanner;
