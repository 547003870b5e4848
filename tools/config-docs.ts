import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configJsonSchema } from '@clair/service-kit';

const ROOT = join(import.meta.dirname, '..');
const PAGE = join(ROOT, 'docs/configuration.md');
const FORMATTER = join(ROOT, 'node_modules/.bin/biome');

/** The keywords of the config's schema that the page shows. */
interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly patternProperties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Node[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly clairForm?: string;
  readonly clairSecret?: true;
  readonly clairDeprecated?: string;
}

const INTRODUCTION = `# Configuration

<!-- Written by tools/config-docs.ts from the schema that checks the file (libs/service-kit/src/config/schema.ts). Edit that, then run: npx node tools/config-docs.ts -->

One YAML or JSON file, with Clair's keys: \`npx clair -conf FILE\`, or \`CLAIR_CONF\`. Without a file, combo mode runs on defaults and an embedded
PostgreSQL. \`npx clairctl check-config FILE\` says what is wrong with a file, or prints what it resolves to, without its secrets: of \`notifier.webhook.target\` only the origin, and of other http addresses no password and no value of the query.

- **Drop-ins**: in \`FILE.d/\`, in lexical order: \`*.yaml\`, \`*.json\` are merged (RFC 7386), \`*.yaml-patch\`, \`*.json-patch\` are applied (RFC 6902). Files with another ending are left out, with a warning.
- **An unknown key is an error**, everywhere but in the settings of plug-ins, which the plug-in checks.
- **Durations** are Go's: \`6h\`, \`1m30s\`, \`500ms\`. **Listen addresses** are \`host:port\` or \`:port\`.
- **Secrets** may be in files of their own: \`connstring_file\`, \`key_file\`, \`keys_file\`.
- "required" means: where its block is given. What a mode requires beyond that is under [Modes](#modes).

## Modes

| mode | needs |
| --- | --- |
| \`combo\` | nothing; without any \`connstring\`, all services share an embedded PostgreSQL in \`data_dir\`; with one, the services without take it (the updater the matcher’s, the others the first of indexer, matcher, updater, notifier) |
| \`indexer\` | \`indexer.connstring\`, \`nats.servers\` |
| \`matcher\` | \`matcher.connstring\`, \`matcher.indexer_addr\`, \`nats.servers\` |
| \`updater\` | \`updater.connstring\` (default: that of the matcher), \`updater.matcher_addr\`, \`nats.servers\` |
| \`notifier\` | \`notifier.connstring\`, \`notifier.indexer_addr\`, \`notifier.matcher_addr\`, \`nats.servers\` |

## Keys
`;

/** `docs/configuration.md` of a config schema: a table for each block, in the order of the schema. */
export function configurationPage(schema: Node): string {
  return `${[INTRODUCTION, ...blocks(schema, '')].join('\n')}\n`;
}

function blocks(node: Node, path: string): string[] {
  const members = Object.entries(node.properties ?? {});
  const own = members.filter(([, member]) => member.properties === undefined);
  const nested = members.filter(([, member]) => member.properties !== undefined);
  const table =
    own.length === 0
      ? []
      : [
          '| key | type | default | meaning |',
          '| --- | --- | --- | --- |',
          ...own.map(([key, member]) => row(key, member, node.required?.includes(key) ?? false)),
          '',
        ];
  const heading = path === '' ? ['### Top level', ''] : [`### \`${path}\``, ''];
  const about = node.description === undefined ? [] : [sentence(node), ''];
  const isEmpty = table.length === 0 && about.length === 0;
  // The blocks that only load for Clair's sake are one sentence: nobody should set them.
  if (node.clairDeprecated !== undefined) return [...heading, ...about];
  return [
    ...(isEmpty ? [] : [...heading, ...about, ...table]),
    ...nested.flatMap(([key, member]) => blocks(member, path === '' ? key : `${path}.${key}`)),
  ];
}

function row(key: string, member: Node, isRequired: boolean): string {
  const byDefault =
    member.default === undefined ? (isRequired ? 'required' : '') : code(JSON.stringify(member.default));
  return `| ${code(key)} | ${typeOf(member)} | ${byDefault} | ${cell(sentence(member))} |`;
}

function sentence(node: Node): string {
  const least = node.minimum === undefined || node.minimum <= 1 ? [] : [`At least ${node.minimum}.`];
  const most = node.maximum === undefined ? [] : [`At most ${node.maximum}.`];
  const secret = (node.clairSecret ?? node.items?.clairSecret) ? ['Never printed.'] : [];
  return [node.description ?? '', ...least, ...most, ...secret].filter((part) => part !== '').join(' ');
}

function typeOf(node: Node): string {
  if (node.enum !== undefined)
    return node.enum
      .filter((one) => one !== '')
      .map((one) => code(String(one)))
      .join(' ');
  if (node.anyOf !== undefined) return node.anyOf.map(typeOf).join(' or ');
  if (node.type === 'array') return `list of ${typeOf(node.items ?? {})}`;
  const values = Object.values(node.patternProperties ?? {})[0];
  if (values !== undefined) return `map to ${typeOf(values)}`;
  return node.clairForm?.replaceAll('-', ' ') ?? node.type ?? 'anything';
}

function code(text: string): string {
  return `\`${text}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** Whether the page in the repository is the one that would be written. */
export function isPageCurrent(): boolean {
  return readFileSync(PAGE, 'utf8') === wantedPage();
}

/** The page as `npm run format` leaves it, so that writing it changes nothing that the schema has not. */
function wantedPage(): string {
  const page = configurationPage(configJsonSchema() as Node); // Safety: the schema is written with these keywords only.
  return execFileSync(FORMATTER, ['format', '--stdin-file-path=docs/configuration.md'], {
    cwd: ROOT,
    input: page,
    encoding: 'utf8',
  });
}

if (import.meta.main) {
  if (!process.argv.includes('--check')) {
    writeFileSync(PAGE, wantedPage());
  } else if (!isPageCurrent()) {
    process.stderr.write('docs/configuration.md is stale; run: npx node tools/config-docs.ts\n');
    process.exitCode = 1;
  }
}
