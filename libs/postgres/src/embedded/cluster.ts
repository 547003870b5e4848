import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import type { Installation } from './installation.ts';
import { isAlive } from './postmaster-file.ts';

/** The superuser and owner of everything in an embedded cluster. */
export const CLUSTER_USER = 'clair';

/**
 * Makes the database files under `home/cluster` unless they are there. They appear whole or not at all, however many processes
 * try at once and whenever one is killed. UTF-8, byte order for sorting, password required.
 */
export async function ensureCluster(installation: Installation): Promise<string> {
  const cluster = join(installation.home, 'cluster');
  await removeAbandoned(installation.home);
  if (!existsSync(join(cluster, 'PG_VERSION'))) await makeCluster(installation, cluster);
  await checkVersion(cluster, installation);
  return cluster;
}

/** The generated password, which only our own user can read. */
export async function readPassword(home: string): Promise<string> {
  try {
    return (await readFile(join(home, 'password'), 'utf8')).trim();
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `the password of the embedded database in ${home} cannot be read: start as the user who made it`,
      {
        cause,
      },
    );
  }
}

async function makeCluster(installation: Installation, cluster: string): Promise<void> {
  const { runner, home } = installation;
  const making = `${cluster}.making-${process.pid}-${randomBytes(4).toString('hex')}`;
  await mkdir(making, { mode: 0o700 });
  const passwordFile = `${making}.password`;
  await writeFile(passwordFile, await ensurePassword(home), { mode: 0o600, flag: 'wx' });
  try {
    await runner.give(making);
    await runner.give(passwordFile);
    await runInitdb(installation, { making, passwordFile });
    await rename(making, cluster).catch((error: NodeJS.ErrnoException) => {
      // Another process was first; its cluster has the same password.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(passwordFile, { force: true });
    await rm(making, { recursive: true, force: true });
  }
}

/** One password for a home, whoever comes first: it is linked into place whole. */
async function ensurePassword(home: string): Promise<string> {
  const path = join(home, 'password');
  if (!existsSync(path)) {
    const made = `${path}.making-${process.pid}-${randomBytes(4).toString('hex')}`;
    await writeFile(made, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 });
    await link(made, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    await rm(made);
  }
  return `${await readPassword(home)}\n`;
}

async function runInitdb(installation: Installation, files: { making: string; passwordFile: string }): Promise<void> {
  const { binaries, runner, home } = installation;
  const args = [
    ...['--pgdata', files.making, '--pwfile', files.passwordFile, '--username', CLUSTER_USER],
    ...['--encoding', 'UTF8', '--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
    ...['--auth', 'scram-sha-256', '--no-instructions'],
  ];
  const child = runner.spawn(binaries.initdb, args, { cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout?.on('data', (chunk) => (output += chunk));
  child.stderr?.on('data', (chunk) => (output += chunk));
  const problem = await new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code) => resolve(code === 0 ? undefined : lastLine(output)));
  });
  if (problem !== undefined) {
    throw new EmbeddedPostgresError(`the embedded database could not be made in ${home}: ${problem}`);
  }
}

function lastLine(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return lines.find((line) => /error|fatal/i.test(line)) ?? lines.at(-1) ?? 'initdb said nothing';
}

async function checkVersion(cluster: string, { binaries, home }: Installation): Promise<void> {
  const ours =
    (await readFile(join(binaries.root, 'share', 'postgresql', 'postgres.bki'), 'utf8')).split('\n', 1)[0] ?? '';
  const brought = /PostgreSQL (\d+)/.exec(ours)?.[1];
  const found = (await readFile(join(cluster, 'PG_VERSION'), 'utf8')).trim();
  if (brought === undefined || brought === found) return;
  throw new EmbeddedPostgresError(
    `the database in ${home} was made by PostgreSQL ${found} and this is PostgreSQL ${brought}: move it with pg_dump of ${found}, or choose an empty --data-dir`,
  );
}

/** Half-made clusters of processes that are gone. */
async function removeAbandoned(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    const match = /^(?:cluster|password)\.making-(\d+)-/.exec(name);
    if (match !== null && !isAlive(Number(match[1]))) await rm(join(home, name), { recursive: true, force: true });
  }
}
