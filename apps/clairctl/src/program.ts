import { existsSync } from 'node:fs';
import { VERSION } from '@clair/clair';
import { Command, InvalidArgumentError, Option } from 'commander';
import { checkConfig } from './commands/check-config.ts';
import { showDatabase } from './commands/db.ts';
import { deleteManifests } from './commands/delete.ts';
import { exportUpdaters } from './commands/export-updaters.ts';
import { feeds } from './commands/feeds.ts';
import { importUpdaters } from './commands/import-updaters.ts';
import { manifest } from './commands/manifest.ts';
import { type ReportOptions, report, type Terminal } from './commands/report.ts';
import { compareVersionLines, listSchemes } from './commands/versions.ts';
import { printable } from './output/printable.ts';
import { createProgress } from './progress.ts';
import { addSubscriptionCommands } from './subscription-commands.ts';

/**
 * The command line: what there is to say, and nothing of how it is done. Its `parseAsync` rejects with commander's error
 * for arguments that cannot be read (already said on `stderr`) and with `CommandError` for what went wrong.
 */
export function createProgram(
  stdout: NodeJS.WriteStream,
  stderr: NodeJS.WriteStream,
  signal: AbortSignal = new AbortController().signal,
): Command {
  const program = new Command('clairctl')
    .description('Asks a Clair service about images, or starts one for the call.')
    .version(VERSION, '--version')
    .addOption(new Option('-c, --config <file>', 'configuration of the service').env('CLAIR_CONF'))
    .option('--issuer <name>', 'issuer of the tokens it signs', 'clairctl')
    .option('--data-dir <dir>', 'where the embedded service keeps its data')
    .option('-q, --quiet', 'no progress line', false)
    .option('-D, --debug', 'logs of the embedded service', false)
    .addHelpText('after', EXIT_CODES)
    .configureOutput({ writeOut: (text) => void stdout.write(text), writeErr: (text) => void stderr.write(text) })
    .exitOverride();
  const terminal = (): Terminal => ({
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text.split('\n').map(printable).join('\n')),
    colour: wantsColour(stdout),
    progress: createProgress(stderr, program.opts().quiet === true),
    signal,
  });
  const host = () =>
    new Option('--host <url>', 'a running service; default: one is started for the call')
      .env('CLAIR_API')
      .argParser(parseHost);
  const target = (options: { readonly host?: string }) => {
    const { config, issuer, dataDir, debug } = program.opts<GlobalOptions>();
    // An image sets CLAIR_CONF for the service in it; who asks another one was never told to put a file there.
    const isForService = options.host !== undefined && program.getOptionValueSource('config') === 'env';
    const configPath = isForService && config !== undefined && !existsSync(config) ? undefined : config;
    return { host: options.host, configPath, issuer, dataDir, debug };
  };
  const exit = async (code: Promise<number>): Promise<void> => {
    process.exitCode = await code;
  };
  program
    .command('report')
    .description('index images, or read inventories of them, and print what is known against them')
    .argument(
      '<image...>',
      '[registry/]repository[:tag][@digest], oci:DIR[:TAG], docker-archive:FILE, dir:PATH, or sbom:FILE (- for standard input): CycloneDX, SPDX or Syft JSON',
    )
    .addOption(host())
    .addOption(new Option('-o, --out <format>', 'what is printed').choices(['text', 'json']).default('text'))
    .option('--fail-on <severity>', 'exit with 2 when a finding is at or above it')
    .option('--min-severity <severity>', 'do not show findings below it (how many is said)')
    .option('--platform <os/arch[/variant]>', 'of a multi-platform image')
    .option('--insecure', 'speak http to the registry, or accept any certificate', false)
    .option('-k, --keep-going', 'go on with the other images when one fails', false)
    .option('--no-update', 'embedded service: match against the advisories it has')
    .action(
      (images: string[], options: Omit<ReportOptions, keyof ReturnType<typeof target>> & { readonly host?: string }) =>
        exit(report(images, { ...options, ...target(options) }, terminal())),
    );
  program
    .command('manifest')
    .description("print Clair's manifest of images; it holds the credentials to fetch their layers")
    .argument('<image...>')
    .option('--platform <os/arch[/variant]>', 'of a multi-platform image')
    .option('--insecure', 'speak http to the registry, or accept any certificate', false)
    .action((images: string[], options: { readonly platform?: string; readonly insecure: boolean }) =>
      exit(manifest(images, { platform: options.platform, insecure: options.insecure }, terminal())),
    );
  program
    .command('delete')
    .description('make the service forget manifests')
    .argument('<digest...>')
    .addOption(host())
    .action((digests: string[], options: { readonly host?: string }) =>
      exit(deleteManifests(digests, target(options), terminal())),
    );
  program
    .command('feeds')
    .description('show how the feeds of the service are')
    .addOption(host())
    .addOption(new Option('-o, --out <format>', 'what is printed').choices(['text', 'json']).default('text'))
    .option('--run [feed...]', 'run them now (all, or those named), then show')
    .option('--force', 'with --run: also what is unchanged or looks wrong', false)
    .action(
      (options: {
        readonly host?: string;
        readonly out: 'text' | 'json';
        readonly run?: true | string[];
        readonly force: boolean;
      }) => exit(feeds({ ...options, ...target(options) }, terminal())),
    );
  program
    .command('check-config')
    .description('say what is wrong with configurations, and print what they resolve to, without secrets')
    .argument('<file...>')
    .addOption(new Option('-o, --out <format>', 'what is printed').choices(['yaml', 'json']).default('yaml'))
    .option('--mode <mode>', 'combo, indexer, matcher, updater or notifier', 'combo')
    .action((files: string[], options: { readonly out: 'yaml' | 'json'; readonly mode: string }) =>
      exit(checkConfig(files, options, terminal())),
    );
  program
    .command('export-updaters')
    .description('fetch every configured feed into a bundle, for a service without a way out')
    .argument('[file]', 'default: standard output')
    .option('--strict', 'fail when any feed fails', false)
    .action((file: string | undefined, options: { readonly strict: boolean }) =>
      exit(exportUpdaters(file, { ...options, ...target({}) }, terminal())),
    );
  program
    .command('import-updaters')
    .description('load a bundle into the matcher')
    .argument('<file>', 'a bundle, or - for standard input')
    .action((file: string) => exit(importUpdaters(file, target({}), terminal())));
  program
    .command('db')
    .description('show what each service keeps on disk')
    .addOption(host())
    .addOption(new Option('-o, --out <format>', 'what is printed').choices(['text', 'json']).default('text'))
    .action((options: { readonly host?: string; readonly out: 'text' | 'json' }) =>
      exit(showDatabase({ ...options, ...target(options) }, terminal())),
    );
  addSubscriptionCommands(program, { host, target, terminal, exit });
  const versions = program.command('versions').description('ask how versions are ordered');
  versions
    .command('compare')
    .description(
      'read lines A<TAB>B from standard input; for each print <, = or >, or "malformed: " with which of both and why',
    )
    .argument('<scheme>', 'see "versions list"')
    .action((scheme: string) => exit(compareVersionLines(scheme, process.stdin, terminal())));
  versions
    .command('list')
    .description('print the schemes there are')
    .action(() => exit(listSchemes(terminal())));
  return program;
}

const EXIT_CODES = `
Exit codes: 0 ok; 1 an error; 2 with "report --fail-on", a finding at or above that severity; 130 interrupted.
With --fail-on, an image of which nothing could be looked up is an error.`;

interface GlobalOptions {
  readonly config?: string;
  readonly issuer: string;
  readonly dataDir?: string;
  readonly debug: boolean;
}

/** https://no-color.org: set and not empty means no. */
function wantsColour(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
}

function parseHost(text: string): string {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new InvalidArgumentError('use http://host:port/');
  return url.href;
}
