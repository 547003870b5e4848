import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import type { Log } from '../log.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

/** An unprivileged user of this machine. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** In this order; all but the last two are users that own nothing. */
const PREFERRED = ['postgres', 'clair-postgres', 'nobody', 'daemon', 'bin'];
const CREATED_NAME = 'clair-postgres';
const CREATED_ID = 64_432;

/** The entries of a passwd(5) file; lines that do not read are left out. */
export function parsePasswd(text: string): Account[] {
  return text.split('\n').flatMap((line) => {
    const [name = '', , uid = '', gid = ''] = line.split(':');
    return name !== '' && /^\d+$/.test(uid) && /^\d+$/.test(gid) ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
}

/** The user that a server started by root best runs as; `undefined` when there is none but root and people (uid 1000 and up). */
export function chooseAccount(accounts: readonly Account[]): Account | undefined {
  const usable = accounts.filter((account) => account.uid !== 0 && account.gid !== 0);
  const preferred = PREFERRED.map((name) => usable.find((account) => account.name === name)).find(
    (found) => found !== undefined,
  );
  return preferred ?? usable.find((account) => account.uid < 1000);
}

/**
 * The user to run PostgreSQL as when we are root, which it refuses. PostgreSQL looks its user up by number, so it must be in
 * the user database: on a system that has nobody but root, a user is added, and that is logged.
 */
export function serverAccount(log: Log): Account {
  const existing = chooseAccount(readPasswd());
  if (existing !== undefined) return existing;
  addAccount();
  const added = chooseAccount(readPasswd());
  if (added === undefined) {
    throw new EmbeddedPostgresError(
      'PostgreSQL does not run as root, and this system has no other user and none could be added: start as another user, or set connstring to a server of your own',
    );
  }
  log.info({ user: added.name, uid: added.uid }, 'user added for the embedded database');
  return added;
}

function readPasswd(): Account[] {
  try {
    return parsePasswd(readFileSync('/etc/passwd', 'utf8'));
  } catch {
    return [];
  }
}

/** With the system's own tool, else by hand: images made from scratch have none. */
function addAccount(): void {
  const tools: readonly (readonly [string, readonly string[]])[] = [
    [
      'useradd',
      [
        '--system',
        '--user-group',
        '--no-create-home',
        '--home-dir',
        '/nonexistent',
        '--shell',
        '/bin/false',
        CREATED_NAME,
      ],
    ],
    ['adduser', ['-S', '-D', '-H', '-h', '/nonexistent', '-s', '/bin/false', CREATED_NAME]],
  ];
  for (const [tool, options] of tools) {
    if (
      spawnSync(tool, options, { stdio: 'ignore', timeout: 10_000 }).status === 0 &&
      chooseAccount(readPasswd()) !== undefined
    )
      return;
  }
  try {
    appendFileSync('/etc/passwd', `${CREATED_NAME}:x:${CREATED_ID}:${CREATED_ID}::/nonexistent:/bin/false\n`);
    appendFileSync('/etc/group', `${CREATED_NAME}:x:${CREATED_ID}:\n`);
  } catch {
    // The caller sees that there still is no user, and says so.
  }
}
