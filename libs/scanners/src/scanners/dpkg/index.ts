import { type OwnedFiles, ok, type Result } from '@clair/model';
import { isAtAnyRoot, isDirectlyIn } from '../../layer-path.ts';
import type { Scanner, ScanOutcome, UnreadableFile } from '../../scanner.ts';
import { readChecksums, readFileList } from './installed-files.ts';
import { readStatusFile } from './status-file.ts';

const STATUS = 'dpkg/status';
const STATUS_DIRECTORY = 'dpkg/status.d';
const INFO_DIRECTORY = 'dpkg/info';

/** Debian's package database. @see https://manpages.debian.org/stable/dpkg/dpkg.1.en.html */
export const dpkg = {
  id: 'dpkg',
  version: '4',
  kind: 'package',
  fileBytesMax: 64 * 1024 * 1024,
  wants: (path) => isAtAnyRoot(path, STATUS) || isDirectlyIn(path, STATUS_DIRECTORY) || isFileList(path),
  read(file) {
    if (isAtAnyRoot(file.path, STATUS)) return readStatusFile(file.text(), { kind: 'status' });
    if (isFileList(file.path)) return ok(owned(readFileList(file.path, file.text())));
    // Distroless images keep one file a package there, and its checksums beside it.
    if (file.path.endsWith('.md5sums')) return ok(owned(readChecksums(file.path, file.text())));
    return readPackageFile(file.path, file.text());
  },
} satisfies Scanner;

/** What dpkg keeps of a package beside its control file. @see https://manpages.debian.org/stable/dpkg-dev/deb.5.en.html */
const COMPANION = /\.(?:preinst|postinst|prerm|postrm|conffiles|list|triggers|shlibs|symbols|templates|config)$/;

/** A file of `status.d`. A companion of a package is none, unless its name only looks like one and it does hold a package. */
function readPackageFile(path: string, text: string): Result<ScanOutcome, UnreadableFile> {
  if (COMPANION.test(path) && !/^package[ \t]*:/im.test(text)) return ok({ packages: [], problems: [] });
  return readStatusFile(text, { kind: 'status.d' });
}

function isFileList(path: string): boolean {
  return path.endsWith('.list') && isDirectlyIn(path, INFO_DIRECTORY);
}

function owned(files: OwnedFiles): ScanOutcome {
  return { packages: [], owned: [files], problems: [] };
}
