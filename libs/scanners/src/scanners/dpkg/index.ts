import { isAtAnyRoot, isDirectlyIn } from '../../layer-path.ts';
import type { Scanner } from '../../scanner.ts';
import { readStatusFile } from './status-file.ts';

const STATUS = 'dpkg/status';
const STATUS_DIRECTORY = 'dpkg/status.d';

/** Debian's package database. @see https://manpages.debian.org/stable/dpkg/dpkg.1.en.html */
export const dpkg = {
  id: 'dpkg',
  version: '1',
  kind: 'package',
  fileBytesMax: 64 * 1024 * 1024,
  wants: (path) => isAtAnyRoot(path, STATUS) || isInStatusDirectory(path),
  read: (file) => readStatusFile(file.text(), { kind: isAtAnyRoot(file.path, STATUS) ? 'status' : 'status.d' }),
} satisfies Scanner;

/** Distroless images keep one file a package there, and its checksums beside it. */
function isInStatusDirectory(path: string): boolean {
  return isDirectlyIn(path, STATUS_DIRECTORY) && !path.endsWith('.md5sums');
}
