import type { Result } from '@clair/model';
import type { ConfigProblem } from './problem.ts';
import type { ClairConfig } from './schema.ts';
import { TEXT_FORMS } from './text-forms.ts';

/** The text of a file that the config names, or why it cannot be had. */
export type ReadSecret = (path: string) => Result<string, string>;

/** The config with the contents of its `…_file` keys in the place of the paths; the problems are of those files. */
export function resolveSecretFiles(
  config: ClairConfig,
  readSecret: ReadSecret,
): { readonly config: ClairConfig; readonly problems: readonly ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  const resolve = (at: string, inline: unknown, path: string | undefined): string | undefined => {
    if (path === undefined) return undefined;
    if (inline !== undefined) problems.push({ at: `${at}_file`, message: `cannot be given together with ${at}` });
    const read = readSecret(path);
    if (read.ok && read.value.trim() !== '') return read.value.trim();
    problems.push({ at: `${at}_file`, message: read.ok ? 'is an empty file' : read.error });
    return undefined;
  };
  const withDatabase = <S extends { connstring?: string; connstring_file?: string }>(name: string, section: S): S => {
    const connstring = resolve(`${name}.connstring`, section.connstring, section.connstring_file);
    return connstring === undefined ? section : { ...section, connstring };
  };
  const psk = config.auth.psk === undefined ? undefined : withKeys(config.auth.psk, resolve, problems);
  return {
    config: {
      ...config,
      indexer: withDatabase('indexer', config.indexer),
      matcher: withDatabase('matcher', config.matcher),
      updater: withDatabase('updater', config.updater),
      notifier: withSigningKeys(withDatabase('notifier', config.notifier), resolve, problems),
      auth: psk === undefined ? {} : { psk },
    },
    problems,
  };
}

type Psk = NonNullable<ClairConfig['auth']['psk']>;
type Resolve = (at: string, inline: unknown, path: string | undefined) => string | undefined;

function withKeys(psk: Psk, resolve: Resolve, problems: ConfigProblem[]): Psk {
  const key = resolve('auth.psk.key', psk.key, psk.key_file);
  const keys = linesOf(resolve('auth.psk.keys', psk.keys, psk.keys_file));
  checkKeys('auth.psk.key_file', key === undefined ? [] : [key], problems);
  checkKeys('auth.psk.keys_file', keys ?? [], problems);
  return { ...psk, ...(key !== undefined && { key }), ...(keys !== undefined && { keys }) };
}

type Notifier = ClairConfig['notifier'];

function withSigningKeys(notifier: Notifier, resolve: Resolve, problems: ConfigProblem[]): Notifier {
  const keys = linesOf(resolve('notifier.signing_keys', notifier.signing_keys, notifier.signing_keys_file));
  checkKeys('notifier.signing_keys_file', keys ?? [], problems);
  return keys === undefined ? notifier : { ...notifier, signing_keys: keys };
}

function linesOf(text: string | undefined): string[] | undefined {
  return text
    ?.split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function checkKeys(at: string, keys: readonly string[], problems: ConfigProblem[]): void {
  for (const key of keys) {
    const checked = TEXT_FORMS.base64(key);
    if (!checked.ok) problems.push({ at, message: checked.error });
  }
}
