import { parseArgs } from 'node:util';
import { err, ok, type Result } from '@clair/model';
import { MODES, type Mode, parseMode } from '@clair/service-kit';

export interface Arguments {
  readonly command: 'serve' | 'migrate' | 'help' | 'version';
  readonly mode: Mode;
  /** Undefined: no file; combo with defaults. */
  readonly configPath: string | undefined;
  readonly dataDir: string | undefined;
  /** Run the updater's feeds once and end. */
  readonly once: boolean;
}

export const USAGE = `usage: clair [migrate] [-conf FILE] [-mode combo|indexer|matcher|updater|notifier] [--data-dir DIR] [--once]

  -conf, -config FILE  configuration, .yaml or .json, with drop-ins in FILE.d/ (or CLAIR_CONF)
  -mode MODE           what this process does (or CLAIR_MODE); default combo: everything
  --data-dir DIR       where combo keeps its own PostgreSQL when the configuration has no connstring; default ./.clair
  --once               with -mode combo or updater: run every feed once, print how each went, and end
  migrate              bring the database schemas of the mode up to date, and end
  -version, -help

Without a configuration file: everything in one process, its own PostgreSQL, API on :6060, gRPC on :6061,
health and metrics on :8089.
`;

/** Go's flag package takes `-conf` and `--conf` alike, and Clair's users write the former. */
function withTwoDashes(argument: string): string {
  return /^-[a-z]{2,}/.test(argument) ? `-${argument}` : argument;
}

/** Names options with as many dashes as they were typed with. */
function asTyped(message: string, argv: readonly string[]): string {
  return message.replace(/'--([\w-]+)/, (named, name: string) => {
    const isTyped = argv.some((argument) => argument === `-${name}` || argument.startsWith(`-${name}=`));
    return isTyped ? `'-${name}` : named;
  });
}

/** The command line and the two environment variables of Clair; or a sentence for the person who wrote them. */
export function readArguments(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Result<Arguments, string> {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(argv.map(withTwoDashes));
  } catch (error) {
    // Node's message goes on with advice on how to write positional arguments.
    const message = error instanceof Error ? error.message : String(error);
    return err(asTyped(message.split(/\.\s/, 1)[0] ?? message, argv));
  }
  const { values, positionals } = parsed;
  const modeText = values.mode ?? env.CLAIR_MODE;
  const mode = parseMode(modeText);
  if (mode === undefined) {
    const where = values.mode === undefined ? 'CLAIR_MODE' : '-mode';
    return err(`${where}: unknown mode ${JSON.stringify(modeText)}; it is one of ${MODES.join(', ')}`);
  }
  const [command = 'serve', ...rest] = positionals;
  if ((command !== 'serve' && command !== 'migrate') || rest.length > 0) {
    return err(`unknown command ${JSON.stringify(positionals.join(' '))}`);
  }
  return ok({
    command: values.help === true ? 'help' : values.version === true ? 'version' : command,
    mode,
    // A variable that is set to nothing is not set, as in shell scripts.
    configPath: values.conf ?? values.config ?? (env.CLAIR_CONF || undefined),
    dataDir: values['data-dir'],
    once: values.once === true,
  });
}

function parse(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      conf: { type: 'string' },
      config: { type: 'string' },
      mode: { type: 'string' },
      'data-dir': { type: 'string' },
      once: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean' },
    },
  });
}
