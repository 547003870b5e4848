import { CommanderError } from 'commander';
import { sentenceOf } from './failure-sentence.ts';
import { printable } from './output/printable.ts';
import { createProgram } from './program.ts';
import { ReaderGone } from './reader-gone.ts';

/** As a shell reports a program that an interrupt ended. */
const EXIT_INTERRUPTED = 130;

const interrupted = new AbortController();
// Once: a second Ctrl-C ends the process at once, for who does not want to wait for the embedded service to stop.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => interrupted.abort());
// `clairctl report … | head` closes our output early; that is its reader's right and no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  interrupted.abort(new ReaderGone());
});

try {
  await createProgram(process.stdout, process.stderr, interrupted.signal).parseAsync(process.argv);
} catch (error) {
  process.exitCode = exitCodeOf(error);
  // Nobody waits for output any more; a request to a server that hangs must not hold the process.
  if (interrupted.signal.aborted) process.exit();
}

function exitCodeOf(error: unknown): number {
  if (interrupted.signal.aborted) return EXIT_INTERRUPTED;
  if (error instanceof CommanderError) return error.exitCode;
  process.stderr.write(`clairctl: ${sentenceOf(error).split('\n').map(printable).join('\n')}\n`);
  return 1;
}
