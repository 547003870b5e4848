import type { ClairApi } from '../api.ts';
import { CommandError } from '../api.ts';
import type { ServiceTablesV2, TableV2 } from '../api-shapes.ts';
import { renderDatabase } from '../output/database-text.ts';
import { type TargetOptions, withTarget } from '../target.ts';
import type { Terminal } from './report.ts';

const SERVICES = ['indexer', 'matcher', 'updater', 'notifier'];

export interface DatabaseOptions extends TargetOptions {
  readonly out: 'text' | 'json';
}

/** Shows what each service keeps on disk. One that the host does not serve is named; it is an error when it serves none. */
export async function showDatabase(options: DatabaseOptions, terminal: Terminal): Promise<number> {
  return withTarget(options, terminal, async ({ api }) => {
    const answers = await Promise.all(SERVICES.map((service) => tablesOf(api, service)));
    terminal.progress.clear();
    const shown = answers.filter((answer) => 'tables' in answer);
    const missing = answers.filter((answer) => 'problem' in answer);
    const [first] = missing;
    if (shown.length === 0 && first !== undefined) throw new CommandError(first.problem);
    for (const { problem } of missing) terminal.err(`clairctl: ${problem}\n`);
    terminal.out(options.out === 'json' ? `${JSON.stringify(shown)}\n` : renderDatabase(shown));
    return 0;
  });
}

async function tablesOf(api: ClairApi, service: string): Promise<ServiceTablesV2 | { readonly problem: string }> {
  try {
    const body = await api.call('GET', `/${service}/api/v2/database`, { failed: `${service} is not shown` });
    return { service, tables: (body as { tables: TableV2[] }).tables }; // Safety: the service checks its answers.
  } catch (error) {
    if (error instanceof CommandError) return { problem: error.message };
    throw error;
  }
}
