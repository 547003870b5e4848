import { createWriteStream } from 'node:fs';
import { realpath, rename, rm, stat } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { type ExportedFeed, feedFetcher, writeBundle } from '@clair/updater';
import { CommandError } from '../api.ts';
import { fileTrouble } from '../file-trouble.ts';
import { readConfigFor, refuseUnusable } from '../target.ts';
import type { Terminal } from './report.ts';

/**
 * Fetches every configured feed into a bundle. Resolves to 1 when no feed could be fetched, and with `--strict` when any part of
 * a feed is missing; the file is then what it was before, or is not made.
 */
export async function exportUpdaters(
  file: string | undefined,
  options: { readonly strict: boolean; readonly configPath: string | undefined },
  terminal: Terminal,
): Promise<number> {
  const config = readConfigFor(options);
  refuseUnusable(config);
  const isGood = (exported: readonly ExportedFeed[]) =>
    exported.some(({ partitions }) => partitions > 0) &&
    !(options.strict && exported.some(({ failures }) => failures.length > 0));
  const fetchInto = async (out: Writable): Promise<readonly ExportedFeed[]> => {
    terminal.progress.say('fetching feeds');
    const deps = { fetcher: feedFetcher(config), clock: Date.now, signal: terminal.signal };
    const exported = await writeBundle(config, out, deps).finally(() => terminal.progress.clear());
    say(exported, terminal);
    return exported;
  };
  if (file === undefined || file === '-') {
    if (process.stdout.isTTY) throw new CommandError('a bundle is not for a terminal; name a file, or use a pipe');
    return isGood(await fetchInto(process.stdout)) ? 0 : 1;
  }
  return replaceFile(file, async (out) => {
    const good = isGood(await fetchInto(out));
    if (!good) terminal.err(`clairctl: ${file} is not written\n`);
    return good;
  });
}

/** What stands in a file is better than half of what was to replace it: the new one takes its place when it is whole and wanted. */
async function replaceFile(file: string, write: (out: Writable) => Promise<boolean>): Promise<number> {
  const found = await stat(file).catch(() => undefined);
  // A pipe or a device is not replaced: what is behind it wants the bytes.
  if (found !== undefined && !found.isFile() && !found.isDirectory())
    return (await write(createWriteStream(file))) ? 0 : 1;
  // The file that a link stands for, not the link.
  const target = await realpath(file).catch(() => file);
  const temporary = `${target}.${process.pid}.tmp`;
  const failed = (error: unknown) => new CommandError(`${file}: it cannot be written: ${fileTrouble(error)}`);
  if (found?.isDirectory()) throw failed(Object.assign(new Error(), { code: 'EISDIR' }));
  const out = createWriteStream(temporary, { mode: found?.mode ?? 0o644 });
  try {
    await opened(out).catch((error: unknown) => {
      throw failed(error);
    });
    if (!(await write(out))) return 1;
    await rename(temporary, target).catch((error: unknown) => {
      throw failed(error);
    });
    return 0;
  } finally {
    out.destroy();
    await rm(temporary, { force: true });
  }
}

function opened(out: ReturnType<typeof createWriteStream>): Promise<void> {
  return new Promise((resolve, reject) => out.once('open', () => resolve()).once('error', reject));
}

function say(exported: readonly ExportedFeed[], terminal: Terminal): void {
  for (const { feed, partitions, advisories, failures } of exported) {
    terminal.err(`${feed}: ${advisories} advisories in ${partitions} partition${partitions === 1 ? '' : 's'}\n`);
    for (const failure of failures) terminal.err(`${feed}: missing: ${failure}\n`);
  }
}
