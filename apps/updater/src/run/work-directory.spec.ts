import { mkdir, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { openWorkDirectory, removeAbandonedDirectories } from './work-directory.ts';

it('removes what is older than any run, and leaves what is in use', async () => {
  const used = await openWorkDirectory();
  const old = join(tmpdir(), `clair-updater-old-${process.pid}`);
  await mkdir(old);
  const before = new Date(Date.now() - 25 * 3_600_000);
  await utimes(old, before, before);
  expect(await removeAbandonedDirectories(Date.now())).toBeGreaterThanOrEqual(1);
  const left = await readdir(tmpdir());
  expect(left).toContain(basename(used.path));
  expect(left).not.toContain(basename(old));
  await used.remove();
  await rm(old, { recursive: true, force: true });
});
