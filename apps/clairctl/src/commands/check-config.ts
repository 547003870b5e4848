import { loadConfigFile, parseMode, problemLine, redactConfig } from '@clair/service-kit';
import { stringify } from 'yaml';
import { CommandError } from '../api.ts';
import type { Terminal } from './report.ts';

/** Prints what each file resolves to, drop-ins and defaults included, without secrets; or everything that is wrong with it. */
export async function checkConfig(
  files: readonly string[],
  options: { readonly out: 'yaml' | 'json'; readonly mode: string },
  terminal: Terminal,
): Promise<number> {
  const mode = parseMode(options.mode);
  if (mode === undefined)
    throw new CommandError(`--mode ${options.mode}: use combo, indexer, matcher, updater or notifier`);
  let exitCode = 0;
  for (const file of files) {
    const reading = loadConfigFile(file, { mode });
    const remarks = reading.ok ? reading.value.warnings : reading.error;
    for (const remark of remarks)
      terminal.err(`${file}: ${reading.ok ? 'warning' : 'error'}: ${problemLine(remark)}\n`);
    if (!reading.ok) {
      exitCode = 1;
      continue;
    }
    const shown = redactConfig(reading.value.config);
    terminal.out(options.out === 'json' ? `${JSON.stringify(shown)}\n` : stringify(shown));
  }
  return exitCode;
}
