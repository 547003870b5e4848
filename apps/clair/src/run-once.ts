import type { ClairConfig, Logger, Mode } from '@clair/service-kit';
import { launch } from './launch.ts';

/** Addresses that serve nobody: a run that ends by itself must not be in the way of a service on the same machine. */
const NOWHERE = '127.0.0.1:0';

/** Runs every feed once and ends: 0 when all went well. For a cron job, or to fill a database before the first request. */
export async function runOnce(config: ClairConfig, mode: Mode, log: Logger): Promise<number> {
  if (mode !== 'combo' && mode !== 'updater') {
    process.stderr.write(`clair: --once is for the modes combo and updater, not ${mode}\n`);
    return 1;
  }
  if (config.matcher.disable_updaters) {
    process.stderr.write('clair: no feed runs: matcher.disable_updaters is set; advisories are imported\n');
    return 1;
  }
  const quiet: ClairConfig = {
    ...config,
    http_listen_addr: NOWHERE,
    introspection_addr: NOWHERE,
    grpc: { ...config.grpc, listen_addr: NOWHERE },
    updater: { ...config.updater, schedule: false },
  };
  const running = await launch({ config: quiet, mode, log });
  try {
    const outcomes = (await running.services.updater?.run([], { force: false })) ?? [];
    for (const { feed, outcome, error } of outcomes) {
      process.stdout.write(`${feed}: ${outcome}${error === '' ? '' : `: ${error}`}\n`);
    }
    return outcomes.every(({ error }) => error === '') ? 0 : 1;
  } finally {
    await running.stop();
  }
}
