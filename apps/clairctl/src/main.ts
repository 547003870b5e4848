import { CommandError } from './api.ts';
import { createProgram } from './program.ts';

try {
  await createProgram(process.stdout, process.stderr).parseAsync(process.argv);
} catch (error) {
  const message =
    error instanceof CommandError
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  process.stderr.write(`clairctl: ${message}\n`);
  process.exitCode = 1;
}
