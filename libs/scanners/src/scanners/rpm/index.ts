import type { Scanner } from '../../scanner.ts';
import { isDatabasePath, readDatabaseFile } from './database-file.ts';

/** rpm's package database, in its three forms. @see https://rpm-software-management.github.io/rpm/ */
export const rpm = {
  id: 'rpm',
  version: '2',
  kind: 'package',
  fileBytesMax: 256 * 1024 * 1024,
  wants: isDatabasePath,
  read: readDatabaseFile,
} satisfies Scanner;
