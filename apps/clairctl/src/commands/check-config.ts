import { checkWiring } from '@clair/clair';
import { err, ok, type Result } from '@clair/model';
import { type ClairConfig, loadConfigFile, type Mode, parseMode, problemLine, redactConfig } from '@clair/service-kit';
import { stringify } from 'yaml';
import { CommandError } from '../api.ts';
import { printable } from '../output/printable.ts';
import type { Terminal } from './report.ts';

/**
 * Prints what each file resolves to, drop-ins and defaults included, without secrets; or everything for which the service would
 * refuse it. The files that it names (certificates, the index of archives) are not looked at: they may be on another machine.
 */
export async function checkConfig(
  files: readonly string[],
  options: { readonly out: 'yaml' | 'json'; readonly mode: string },
  terminal: Pick<Terminal, 'out' | 'err'>,
): Promise<number> {
  const mode = parseMode(options.mode);
  if (mode === undefined)
    throw new CommandError(`--mode ${options.mode}: use combo, indexer, matcher, updater or notifier`);
  let exitCode = 0;
  let printed = 0;
  for (const file of files) {
    const reading = read(file, mode);
    const remarks = reading.ok ? reading.value.warnings : reading.error;
    for (const remark of remarks) terminal.err(`${file}: ${reading.ok ? 'warning' : 'error'}: ${once(remark, file)}\n`);
    if (!reading.ok) {
      exitCode = 1;
      continue;
    }
    const shown = redactConfig(reading.value.config);
    const head = files.length > 1 ? `${printed++ > 0 ? '---\n' : ''}# ${printable(file)}\n` : '';
    terminal.out(options.out === 'json' ? `${JSON.stringify(shown)}\n` : `${head}${stringify(shown)}`);
  }
  return exitCode;
}

/** A remark about the file as a whole begins with its name, which every line has already. */
function once(remark: string, file: string): string {
  return remark.startsWith(`${file}: `) ? remark.slice(file.length + 2) : remark;
}

interface Checked {
  readonly config: ClairConfig;
  readonly warnings: readonly string[];
}

/** As the service reads it; the remarks are a line each. */
function read(file: string, mode: Mode): Result<Checked, readonly string[]> {
  const reading = loadConfigFile(file, { mode });
  if (!reading.ok) return err(reading.error.map(problemLine));
  const { config, warnings } = reading.value;
  const wiring = checkWiring(config, mode);
  return wiring.ok
    ? ok({ config, warnings: [...warnings.map(problemLine), ...wiring.value.warnings] })
    : err([...wiring.error]);
}
