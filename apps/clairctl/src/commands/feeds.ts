import { CommandError } from '../api.ts';
import { renderFeeds } from '../output/feeds-text.ts';
import { type TargetOptions, withTarget } from '../target.ts';
import type { Terminal } from './report.ts';

export interface FeedsOptions extends TargetOptions {
  readonly out: 'text' | 'json';
  /** `true`: all of them. */
  readonly run?: true | readonly string[];
  readonly force: boolean;
}

/** Shows every configured feed. Resolves to 1 when `--run` was asked for and one of them failed. */
export async function feeds(options: FeedsOptions, terminal: Terminal): Promise<number> {
  if (options.force && options.run === undefined)
    throw new CommandError('feeds: --force is for --run; without it nothing runs');
  return withTarget(options, terminal, async ({ api }) => {
    let failed = false;
    if (options.run !== undefined) {
      terminal.progress.say('running feeds');
      const runs = await api.runFeeds(options.run === true ? [] : options.run, options.force);
      failed = runs.some((run) => run.error !== '');
      terminal.progress.clear();
    }
    const statuses = await api.feeds();
    terminal.progress.clear();
    terminal.out(options.out === 'json' ? `${JSON.stringify(statuses)}\n` : renderFeeds(statuses, Date.now()));
    return failed ? 1 : 0;
  });
}
