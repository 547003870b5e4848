import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../log.ts';
import { type Account, serverAccount } from './account.ts';
import { type Binaries, binariesUnder, findBinaries } from './binaries.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { canReach } from './reach.ts';
import { asAccount, asAccountPassingClosedDirectories, asOurselves, type Runner } from './runner.ts';

/** Where copies go that the server's user can reach when it cannot reach the originals. */
const REACHABLE_ROOT = '/var/lib/clair-postgres';

/** Everything that is decided before a server is started. */
export interface Installation {
  readonly binaries: Binaries;
  readonly runner: Runner;
  /** The directory of one cluster: `cluster/`, `password`, `server.log`, `users/`. */
  readonly home: string;
}

/**
 * Makes `dataDir` when it is missing and finds a way to run PostgreSQL on it. As root, which PostgreSQL refuses to run as, this
 * is another user, and nothing that was there before changes its permissions: where that user cannot pass a directory it is given
 * the capability to; where that is impossible, programs and data go to {@link REACHABLE_ROOT}, and that is logged.
 */
export async function prepareInstallation(dataDir: string, log: Log): Promise<Installation> {
  const binaries = await findBinaries();
  await makeHome(dataDir);
  if (process.getuid?.() !== 0) return { binaries, runner: asOurselves, home: dataDir };
  const account = serverAccount(log);
  const reachesPrograms = await canReach(account, binaries.postgres);
  // The cluster lies inside the data directory, which the user has to pass too.
  const reachesData = await canReach(account, join(dataDir, 'cluster'));
  if (reachesPrograms && reachesData) return { binaries, runner: asAccount(account), home: dataDir };
  const passing = asAccountPassingClosedDirectories(account, binaries.postgres);
  if (passing !== undefined) return { binaries, runner: passing, home: dataDir };
  return {
    binaries: reachesPrograms ? binaries : await copyPrograms(binaries),
    runner: asAccount(account),
    home: reachesData ? dataDir : await relocateData(account, { dataDir, log }),
  };
}

async function makeHome(home: string): Promise<void> {
  try {
    // Others may pass through but not list; what is secret in it has its own mode.
    await mkdir(home, { recursive: true, mode: 0o711 });
  } catch (cause) {
    throw new EmbeddedPostgresError(`the data directory ${home} cannot be made: choose another with --data-dir`, {
      cause,
    });
  }
}

/** Copied once for a set of programs; an interrupted copy is never mistaken for a whole one. */
async function copyPrograms(binaries: Binaries): Promise<Binaries> {
  const key = createHash('sha256').update(binaries.root).digest('hex').slice(0, 12);
  const target = join(REACHABLE_ROOT, `programs-${key}`);
  if (existsSync(target)) return binariesUnder(target);
  const copying = `${target}.${process.pid}`;
  try {
    await mkdir(REACHABLE_ROOT, { recursive: true, mode: 0o755 });
    await cp(binaries.root, copying, { recursive: true, verbatimSymlinks: true });
    await rename(copying, target);
  } catch (cause) {
    await rm(copying, { recursive: true, force: true });
    if (existsSync(target)) return binariesUnder(target);
    throw new EmbeddedPostgresError(
      `PostgreSQL's user cannot reach ${binaries.root}: install util-linux (setpriv), or put the project where other users can read it`,
      { cause },
    );
  }
  return binariesUnder(target);
}

async function relocateData(account: Account, options: { dataDir: string; log: Log }): Promise<string> {
  const { dataDir, log } = options;
  const key = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  const home = join(REACHABLE_ROOT, `data-${key}`);
  await makeHome(home);
  if (!(await canReach(account, join(home, 'cluster')))) {
    throw new EmbeddedPostgresError(
      `PostgreSQL's user cannot reach ${dataDir}: install util-linux (setpriv), or choose a --data-dir that other users can pass`,
    );
  }
  log.warn({ dataDir, home }, 'database files are kept elsewhere: their user cannot reach the data directory');
  return home;
}
