import { accuracy } from './accuracy/index.ts';
import { faults } from './faults.ts';
import { feeds } from './feeds.ts';
import { fleet } from './fleet.ts';
import { layer } from './layer.ts';
import { reports } from './reports.ts';
import { scan } from './scan.ts';
import { subscriptions } from './subscriptions.ts';
import { updates } from './updates.ts';

const BENCHMARKS: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  accuracy,
  faults,
  feeds,
  fleet,
  layer,
  reports,
  scan,
  subscriptions,
  updates,
};

const [name = '', ...args] = process.argv.slice(2);
const benchmark = BENCHMARKS[name];
if (benchmark === undefined) {
  process.stderr.write(
    `usage: npm run bench -- ${Object.keys(BENCHMARKS).join('|')} [ARGUMENTS]; see bench/README.md\n`,
  );
  process.exitCode = 1;
} else {
  await benchmark(args);
}
