import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Account } from './account.ts';

/** Whether `account` can get to `path`: may search every directory above it. Access-control lists are not read. */
export async function canReach(account: Account, path: string): Promise<boolean> {
  for (let directory = dirname(path); ; directory = dirname(directory)) {
    if (!maySearch(account, await stat(directory))) return false;
    if (directory === dirname(directory)) return true;
  }
}

function maySearch(account: Account, directory: Stats): boolean {
  if (directory.uid === account.uid) return (directory.mode & 0o100) !== 0;
  if (directory.gid === account.gid) return (directory.mode & 0o010) !== 0;
  return (directory.mode & 0o001) !== 0;
}
