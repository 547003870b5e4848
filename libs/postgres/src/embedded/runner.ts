import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chown } from 'node:fs/promises';
import type { Account } from './account.ts';

/** How the programs of PostgreSQL are run: as ourselves, or when we are root as somebody else. */
export interface Runner {
  readonly account: Account | undefined;
  /** Starts `file` in a process group of its own: a Ctrl-C in the terminal is for us, and we stop the server when we are done with it. */
  spawn(file: string, args: readonly string[], options: SpawnOptions): ChildProcess;
  /** Gives a directory or file that we made to the server's user. */
  give(path: string): Promise<void>;
}

/** For everybody but root. */
export const asOurselves: Runner = {
  account: undefined,
  spawn: (file, args, options) => spawn(file, args, { ...options, detached: true }),
  give: async () => {},
};

/** For root, when the server's user can reach everything it needs. */
export function asAccount(account: Account): Runner {
  return {
    account,
    spawn: (file, args, options) =>
      spawn(file, args, { ...options, detached: true, uid: account.uid, gid: account.gid }),
    give: (path) => chown(path, account.uid, account.gid),
  };
}

/** In the order of preference: the first is enough, and less. */
const CAPABILITIES = [
  { name: 'dac_read_search', bit: 2n },
  { name: 'dac_override', bit: 1n },
];

/**
 * For root, when a directory above the data or the programs is closed to others: the server's user is given the one capability
 * that passes through closed directories, so that nobody's permissions need changing. `undefined` where util-linux's setpriv is
 * missing or the capability is not ours to give (Linux only). `program` is run once with `--version` to see that it works.
 */
export function asAccountPassingClosedDirectories(account: Account, program: string): Runner | undefined {
  const capability = CAPABILITIES.find(({ bit }) => (effectiveCapabilities() & (1n << bit)) !== 0n);
  if (capability === undefined) return undefined;
  const prefix = [
    `--reuid=${account.uid}`,
    `--regid=${account.gid}`,
    '--clear-groups',
    `--inh-caps=+${capability.name}`,
    `--ambient-caps=+${capability.name}`,
    // Without it access(2), by which PostgreSQL looks for its own programs, ignores the capability.
    '--securebits=+no_setuid_fixup',
    '--',
  ];
  if (spawnSync('setpriv', [...prefix, program, '--version'], { stdio: 'ignore', timeout: 10_000 }).status !== 0)
    return undefined;
  return {
    account,
    spawn: (file, args, options) => spawn('setpriv', [...prefix, file, ...args], { ...options, detached: true }),
    give: (path) => chown(path, account.uid, account.gid),
  };
}

function effectiveCapabilities(): bigint {
  try {
    const match = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    return BigInt(`0x${match?.[1] ?? '0'}`);
  } catch {
    return 0n;
  }
}
