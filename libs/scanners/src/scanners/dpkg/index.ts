import { ok, type Result } from '@clair/model';
import { isAtAnyRoot, isDirectlyIn } from '../../layer-path.ts';
import type { Scanner, ScanOutcome, UnreadableFile } from '../../scanner.ts';
import { readStatusFile } from './status-file.ts';

const STATUS = 'dpkg/status';
const STATUS_DIRECTORY = 'dpkg/status.d';

/** Debian's package database. @see https://manpages.debian.org/stable/dpkg/dpkg.1.en.html */
export const dpkg = {
  id: 'dpkg',
  version: '2',
  kind: 'package',
  fileBytesMax: 64 * 1024 * 1024,
  wants: (path) => isAtAnyRoot(path, STATUS) || isInStatusDirectory(path),
  read: (file) =>
    isAtAnyRoot(file.path, STATUS)
      ? readStatusFile(file.text(), { kind: 'status' })
      : readPackageFile(file.path, file.text()),
} satisfies Scanner;

/** What dpkg keeps of a package beside its control file. @see https://manpages.debian.org/stable/dpkg-dev/deb.5.en.html */
const COMPANION = /\.(?:preinst|postinst|prerm|postrm|conffiles|list|triggers|shlibs|symbols|templates|config)$/;

/** A file of `status.d`. A companion of a package is none, unless its name only looks like one and it does hold a package. */
function readPackageFile(path: string, text: string): Result<ScanOutcome, UnreadableFile> {
  if (COMPANION.test(path) && !/^package[ \t]*:/im.test(text)) return ok({ packages: [], problems: [] });
  return readStatusFile(text, { kind: 'status.d' });
}

/** Distroless images keep one file a package there, and its checksums beside it. */
function isInStatusDirectory(path: string): boolean {
  return isDirectlyIn(path, STATUS_DIRECTORY) && !path.endsWith('.md5sums');
}
