import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

/**
 * Runs the program from source: here when this is Node 24, else under the Node 24 that `npm ci` put into node_modules,
 * so that `npx` works whatever the machine's own Node is.
 */
export async function runUnderNode24(main) {
  if (Number(process.versions.node.split('.')[0]) >= 24) {
    await import(main);
    return;
  }
  const node24 = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url));
  if (!existsSync(node24)) {
    process.stderr.write(
      `This needs Node 24, and runs under ${process.version}. Run "npm ci": it installs Node 24 into node_modules.\n`,
    );
    process.exitCode = 1;
    return;
  }
  const child = spawn(node24, [fileURLToPath(main), ...process.argv.slice(2)], { stdio: 'inherit' });
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  // Ctrl-C of a terminal reaches both of us; a second one would mean "at once".
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  process.exitCode = await new Promise((resolve) => {
    child.once('error', (error) => {
      process.stderr.write(`Node 24 does not start: ${error.message}\n`);
      resolve(1);
    });
    child.once('exit', (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}
