// Before the tests: sees that there is a nats-server for those that need one. Debian's package is installed where that is
// possible without asking (as root, with apt-get); else one line says what to do, and those tests show as skipped.
import { spawnSync } from 'node:child_process';
import { findNatsServer } from '@clair/testing/nats';

const APT_TIMEOUT_MS = 180_000;

if (findNatsServer() === undefined) {
  process.stdout.write(`${installNatsServer()}\n`);
}

/** Tries, and says in one line how it went. */
function installNatsServer(): string {
  const advice =
    'install nats-server (https://nats.io/download) on the PATH or in .clair/bin to run the tests that need NATS';
  if (process.getuid?.() !== 0) return `no nats-server found: ${advice}`;
  if (!apt('--version')) return `no nats-server and no apt-get found: ${advice}`;
  process.stdout.write('no nats-server found: installing the Debian package nats-server\n');
  const installed = installPackage() || (apt('update') && installPackage());
  if (!installed || findNatsServer() === undefined) return `the package nats-server could not be installed: ${advice}`;
  // The tests start servers of their own; the package may have started one on the standard port.
  spawnSync('systemctl', ['disable', '--now', 'nats-server'], { stdio: 'ignore', timeout: 10_000 });
  return 'nats-server installed';
}

function installPackage(): boolean {
  return apt('install', '--yes', '--no-install-recommends', 'nats-server');
}

function apt(...args: readonly string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', ['--quiet=2', ...args], { stdio: 'ignore', timeout: APT_TIMEOUT_MS, env }).status === 0;
}
