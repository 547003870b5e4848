import { type TargetOptions, withTarget } from '../target.ts';
import type { Terminal } from './report.ts';

/** Prints each digest that was there and is not any more. */
export async function deleteManifests(
  digests: readonly string[],
  options: TargetOptions,
  terminal: Terminal,
): Promise<number> {
  return withTarget(options, terminal.progress, async ({ api }) => {
    for (const digest of await api.delete(digests)) terminal.out(`${digest}\n`);
    return 0;
  });
}
