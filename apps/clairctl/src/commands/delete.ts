import { type TargetOptions, withTarget } from '../target.ts';
import type { Terminal } from './report.ts';

/** Prints each digest that was there and is not any more; says which were not there, which is no error. */
export async function deleteManifests(
  digests: readonly string[],
  options: TargetOptions,
  terminal: Terminal,
): Promise<number> {
  return withTarget(options, terminal, async ({ api }) => {
    const deleted = new Set(await api.delete(digests));
    terminal.progress.clear();
    for (const digest of digests) {
      if (deleted.has(digest)) terminal.out(`${digest}\n`);
      else terminal.err(`clairctl: ${digest}: the service does not know it\n`);
    }
    return 0;
  });
}
