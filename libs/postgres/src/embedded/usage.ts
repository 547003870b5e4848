import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from './postmaster-file.ts';

/**
 * Waits for the end of its input, which comes when our process ends in any way, kill -9 included; then takes us off the list of
 * users, and stops the server when nobody else is on it. A shell, because it has to outlive us and should cost nothing.
 * $1 our file in users/, $2 postmaster.pid. SIGINT is PostgreSQL's fast shutdown: connections are ended, data is written.
 */
const WATCHDOG = `
cat >/dev/null
rm -f "$1"
for user in "\${1%/*}"/*; do
  name="\${user##*/}"
  if kill -0 "\${name%%-*}" 2>/dev/null; then exit 3; fi
done
if read -r pid < "$2"; then kill -INT "$pid"; fi
exit 0
`;

/** The watchdog's exit status when it left the server alone. */
const EXIT_OTHER_USERS = 3;

/** Our place on the list of those who use a server; the server stops when the last of them leaves or dies. */
export interface Usage {
  /** Leaves, and tells the server to stop when this was the last user; resolves to whether it was. */
  end(): Promise<boolean>;
}

/** Puts this process on the list of those who use the server of `home`. */
export async function beginUsage(home: string, cluster: string): Promise<Usage> {
  const users = join(home, 'users');
  await mkdir(users, { recursive: true, mode: 0o711 });
  await removeDeadUsers(users);
  const file = join(users, `${process.pid}-${randomBytes(4).toString('hex')}`);
  await writeFile(file, '');
  const watchdog = spawn(
    '/bin/sh',
    ['-c', WATCHDOG, 'clair-postgres-watchdog', file, join(cluster, 'postmaster.pid')],
    {
      cwd: '/',
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    },
  );
  const exited = exitCode(watchdog);
  // Neither may keep a finished program from ending.
  watchdog.unref();
  return {
    async end() {
      watchdog.ref();
      watchdog.stdin?.end();
      return (await exited) !== EXIT_OTHER_USERS;
    },
  };
}

async function removeDeadUsers(users: string): Promise<void> {
  for (const name of await readdir(users)) {
    if (!isAlive(Number(name.split('-', 1)[0]))) await rm(join(users, name), { force: true });
  }
}

function exitCode(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => resolve(code));
    child.once('error', reject);
  });
}
