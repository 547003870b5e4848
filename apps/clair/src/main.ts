import {
  type ClairConfig,
  createLogger,
  type Logger,
  loadConfigFile,
  type Mode,
  problemLine,
  readConfig,
  runUntilSignal,
} from '@clair/service-kit';
import { type Arguments, readArguments, USAGE } from './arguments.ts';
import { openDatabases, servicesOf } from './databases.ts';
import { launch, type Running } from './launch.ts';
import { runOnce } from './run-once.ts';
import { StartFailure } from './start-failure.ts';
import { VERSION } from './version.ts';

/** Clair aborts running requests after ten seconds; an index of a large image deserves longer. */
const GRACE_MS = 45_000;

/** For the last lines to leave; what still runs then (a connection that is being tried) is given up. */
const LEAVE_MS = 500;

process.exitCode = await main(process.argv.slice(2));
setTimeout(() => process.exit(), LEAVE_MS).unref();

async function main(argv: readonly string[]): Promise<number> {
  const args = readArguments(argv, process.env);
  if (!args.ok) return fail(`${args.error}\n\n${USAGE}`);
  if (args.value.command === 'help') return print(USAGE);
  if (args.value.command === 'version') return print(`clair ${VERSION}\n`);
  const config = readConfiguration(args.value);
  if (config === undefined) return 1;
  const log = createLogger({ level: config.log_level, name: `clair/${args.value.mode}` });
  try {
    if (args.value.command === 'migrate') return await migrateAll(config, args.value.mode, log);
    if (args.value.once) return await runOnce(config, args.value.mode, log);
    return await serve(config, args.value.mode, log);
  } catch (error) {
    // What an operator can mend is a line for a person; anything else is ours, and needs its stack.
    if (error instanceof StartFailure) return fail(`${error.message}.\n`);
    log.fatal({ err: error }, 'clair ended');
    return 1;
  }
}

function readConfiguration(args: Arguments): ClairConfig | undefined {
  const reading =
    args.configPath === undefined
      ? readConfig([], { mode: args.mode })
      : loadConfigFile(args.configPath, { mode: args.mode });
  if (!reading.ok) {
    fail(
      `the configuration cannot be used:\n${reading.error.map((problem) => `  ${problemLine(problem)}`).join('\n')}\n`,
    );
    return undefined;
  }
  for (const warning of reading.value.warnings) process.stderr.write(`clair: warning: ${problemLine(warning)}\n`);
  const { config } = reading.value;
  return args.dataDir === undefined ? config : { ...config, data_dir: args.dataDir };
}

async function serve(config: ClairConfig, mode: Mode, log: Logger): Promise<number> {
  let running: Running | undefined;
  return runUntilSignal({
    log,
    graceMs: GRACE_MS,
    async start(signal) {
      running = await launch({ config, mode, log, signal });
      log.info(
        {
          mode,
          http: running.httpPort,
          grpc: running.grpcPort,
          introspection: running.introspectionPort,
          storage: running.storage,
        },
        'clair serves',
      );
    },
    notReady: () => running?.notReady(),
    stop: async () => running?.stop(),
  });
}

async function migrateAll(config: ClairConfig, mode: Mode, log: Logger): Promise<number> {
  const databases = await openDatabases({ config, mode, log, signal: new AbortController().signal, migrateAll: true });
  await databases.close();
  return print(`schemas are up to date: ${servicesOf(mode).join(', ')}\n`);
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

function fail(text: string): number {
  process.stderr.write(`clair: ${text}`);
  return 1;
}
