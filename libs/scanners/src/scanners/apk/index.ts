import { ok } from '@clair/model';
import { isAtAnyRoot } from '../../layer-path.ts';
import type { Scanner } from '../../scanner.ts';
import { readInstalledFile } from './installed-file.ts';

/** Also matches `usr/lib/apk/db/installed`, where the database is since apk-tools 3. */
const DATABASE = 'lib/apk/db/installed';

/** Alpine's package database. @see https://wiki.alpinelinux.org/wiki/Apk_spec */
export const apk = {
  id: 'apk',
  version: '2',
  kind: 'package',
  fileBytesMax: 64 * 1024 * 1024,
  wants: (path) => isAtAnyRoot(path, DATABASE),
  read: (file) => ok(readInstalledFile(file.text())),
} satisfies Scanner;
