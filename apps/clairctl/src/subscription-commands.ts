import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Terminal } from './commands/report.ts';
import {
  createSubscription,
  deleteSubscription,
  enableSubscription,
  listDeliveries,
  listSubscriptions,
  replayDeliveries,
  rotateSecret,
  type SubscribeOptions,
} from './commands/subscriptions.ts';
import type { TargetOptions } from './target.ts';

interface Host {
  readonly host?: string;
}

/** What the commands share with the others of the program. */
export interface CommandContext {
  readonly host: () => Option;
  readonly target: (options: Host) => TargetOptions;
  readonly terminal: () => Terminal;
  readonly exit: (code: Promise<number>) => Promise<void>;
}

const asText = () => new Option('-o, --out <format>', 'what is printed').choices(['text', 'json']).default('text');

/** `subscriptions` and `deliveries`: who is told of changes, and what became of it. */
export function addSubscriptionCommands(program: Command, context: CommandContext): void {
  addSubscriptions(program, context);
  addDeliveries(program, context);
}

function addSubscriptions(program: Command, { host, target, terminal, exit }: CommandContext): void {
  const subscriptions = program.command('subscriptions').description('who is told when findings of images change');
  subscriptions
    .command('list')
    .description('show every subscription')
    .addOption(host())
    .addOption(asText())
    .action((options: Host & { readonly out: 'text' | 'json' }) =>
      exit(listSubscriptions({ ...options, ...target(options) }, terminal())),
    );
  subscriptions
    .command('create')
    .description('subscribe; prints the secret that a webhook verifies posts with')
    .argument('<name>')
    .addOption(host())
    .option('--webhook <url>', 'posts, signed as Standard Webhooks 1.0 says')
    .option('--nats <subject>', 'clair.v1.notification.TOKEN')
    .option('--kind <kind...>', 'added, removed, severity-raised, fix-available, exploited, epss-raised; default: all')
    .option('--min-severity <severity>', 'findings at or above it')
    .option('--fixable', 'only findings that a newer version mends', false)
    .option('--package <glob>', 'of the name that the advisory has')
    .option('--namespace <glob>', 'debian:12, debian:*, npm')
    .option(
      '--label <name=value...>',
      'only images that were indexed with all of them; the value is a glob: repository=quay.io/team/*',
    )
    .option('--epss-threshold <n>', 'for epss-raised: 0.1, 0.2, … 1', parseThreshold)
    .option('--digest <window>', 'one message for each 1m to 168h, instead of one at each change')
    .option('--per-manifest', 'with --digest: a message for each image', false)
    .action((name: string, options: Host & SubscribeOptions, command: Command) => {
      // It would be left out of what is sent, and a message for each change would come as a surprise.
      if (options.perManifest && options.digest === undefined) command.error('error: --per-manifest needs --digest');
      return exit(createSubscription(name, { ...options, ...target(options) }, terminal()));
    });
  subscriptions
    .command('delete')
    .description('delete a subscription and what it is owed')
    .argument('<name>', 'or id')
    .addOption(host())
    .action((name: string, options: Host) => exit(deleteSubscription(name, target(options), terminal())));
  for (const [command, disabled] of [
    ['enable', false],
    ['disable', true],
  ] as const) {
    subscriptions
      .command(command)
      .description(disabled ? 'make nothing more for it' : 'make deliveries for it again')
      .argument('<name>', 'or id')
      .addOption(host())
      .action((name: string, options: Host) =>
        exit(enableSubscription(name, { ...target(options), disabled }, terminal())),
      );
  }
  subscriptions
    .command('rotate-secret')
    .description('give a webhook a new secret; the one before is good for a day')
    .argument('<name>', 'or id')
    .addOption(host())
    .action((name: string, options: Host) => exit(rotateSecret(name, target(options), terminal())));
}

function addDeliveries(program: Command, { host, target, terminal, exit }: CommandContext): void {
  const deliveries = program.command('deliveries').description('what became of the messages to subscribers');
  deliveries
    .command('list')
    .description('show deliveries, the newest first')
    .addOption(host())
    .addOption(asText())
    .addOption(new Option('--state <state>', 'only these').choices(['pending', 'delivered', 'dead']))
    .option('--subscription <name>', 'only of this one (name or id)')
    .option('--limit <n>', 'at most so many', parseNumber, 100)
    .action((options: Host & { out: 'text' | 'json'; state?: string; subscription?: string; limit: number }) =>
      exit(listDeliveries({ ...options, ...target(options) }, terminal())),
    );
  deliveries
    .command('replay')
    .description('make deliveries that are dead, or delivered, anew')
    .argument('[id...]')
    .addOption(host())
    .option('--subscription <name>', 'all that are dead of this one')
    .action((ids: string[], options: Host & { readonly subscription?: string }) =>
      exit(replayDeliveries(ids, { ...options, ...target(options) }, terminal())),
    );
}

function parseNumber(text: string): number {
  const number = Number(text);
  if (text === '' || !Number.isFinite(number)) throw new InvalidArgumentError('write a number');
  return number;
}

function parseThreshold(text: string): number {
  const threshold = parseNumber(text);
  if (threshold === 0) throw new InvalidArgumentError('0 is no threshold: write 0.1, 0.2, … or 1');
  return threshold;
}
