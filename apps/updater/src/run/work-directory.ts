import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'clair-updater-';
/** Longer than any run may take; a directory that old is a dead process's. */
const ABANDONED_MS = 24 * 3_600_000;

export interface WorkDirectory {
  readonly path: string;
  remove(): Promise<void>;
}

/** A new, private directory for what is fetched and parsed. */
export async function openWorkDirectory(): Promise<WorkDirectory> {
  const path = await mkdtemp(join(tmpdir(), PREFIX));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** A directory that is gone when `work` is done, whatever its outcome. */
export async function withWorkDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await openWorkDirectory();
  try {
    return await work(directory.path);
  } finally {
    await directory.remove();
  }
}

/** Removes what killed processes left, and returns how many directories that were. Others' that are in use are younger. */
export async function removeAbandonedDirectories(nowMs: number): Promise<number> {
  let removed = 0;
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const path = join(tmpdir(), name);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined || nowMs - found.mtimeMs < ABANDONED_MS) continue;
    await rm(path, { recursive: true, force: true });
    removed += 1;
  }
  return removed;
}
