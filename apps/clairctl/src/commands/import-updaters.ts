import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { readBundle } from '@clair/updater';
import { CommandError } from '../api.ts';
import { type TargetOptions, withMatcher } from '../target.ts';
import type { Terminal } from './report.ts';

/** Loads a bundle into the matcher of the configuration: its database, or the embedded one. */
export async function importUpdaters(file: string, options: TargetOptions, terminal: Terminal): Promise<number> {
  // Before a service is started for it.
  if (file !== '-') {
    await access(file).catch(() => {
      throw new CommandError(`${file}: there is no such file, or it may not be read`);
    });
  }
  return withMatcher(options, terminal, async (matcher) => {
    terminal.progress.say(`importing ${file}`);
    const source = file === '-' ? process.stdin : createReadStream(file);
    const imported = await readBundle(source, matcher, terminal.signal);
    terminal.progress.clear();
    if (!imported.ok) throw new CommandError(`${file}: ${imported.error}`);
    for (const { feed, changed, operation } of imported.value) {
      terminal.out(`${feed}: ${changed ? `update operation ${operation}` : 'unchanged'}\n`);
    }
    return 0;
  });
}
