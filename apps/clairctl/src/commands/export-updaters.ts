import { createWriteStream } from 'node:fs';
import { feedFetcher, writeBundle } from '@clair/updater';
import { CommandError } from '../api.ts';
import { readConfigFor } from '../target.ts';
import type { Terminal } from './report.ts';

/** Fetches every configured feed into a bundle. Resolves to 1 with `--strict` when any part of a feed is missing from it. */
export async function exportUpdaters(
  file: string | undefined,
  options: { readonly strict: boolean; readonly configPath: string | undefined },
  terminal: Terminal,
): Promise<number> {
  const config = readConfigFor(options);
  const toStdout = file === undefined || file === '-';
  if (toStdout && process.stdout.isTTY)
    throw new CommandError('a bundle is not for a terminal; name a file, or use a pipe');
  const out = file === undefined || file === '-' ? process.stdout : createWriteStream(file, { mode: 0o644 });
  terminal.progress.say('fetching feeds');
  const exported = await writeBundle(config, out, {
    fetcher: feedFetcher(config),
    clock: Date.now,
    signal: terminal.signal,
  });
  terminal.progress.clear();
  for (const { feed, partitions, advisories, failures } of exported) {
    terminal.err(`${feed}: ${advisories} advisories in ${partitions} partition${partitions === 1 ? '' : 's'}\n`);
    for (const failure of failures) terminal.err(`${feed}: missing: ${failure}\n`);
  }
  return options.strict && exported.some(({ failures }) => failures.length > 0) ? 1 : 0;
}
