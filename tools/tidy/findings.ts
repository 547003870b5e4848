/** How a repository's text can be untidy; each function is pure, so that a spec can show that it finds something. */

export interface TextFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** Beyond this a file is about more than one thing, mostly. */
export const FILE_LINES_MAX = 300;

/** Files that are longer for a reason. An entry for a file that is not long, or not there, is untidy too. */
export type LongFiles = Readonly<Record<string, string>>;

/** Files over {@link FILE_LINES_MAX} lines without a reason, and reasons without such a file. */
export function lengthFindings(files: readonly TextFile[], reasons: LongFiles): string[] {
  const long = files.filter(({ text }) => linesOf(text) > FILE_LINES_MAX);
  const unexplained = long.filter(({ path }) => !Object.hasOwn(reasons, path));
  const idle = Object.keys(reasons).filter((path) => !long.some((file) => file.path === path));
  return [
    ...unexplained.map(
      ({ path, text }) => `${path} has ${linesOf(text)} lines: split it, or give a reason in tidy.spec.ts`,
    ),
    ...idle.map((path) => `${path} needs no reason for its length: remove it from tidy.spec.ts`),
  ];
}

function linesOf(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

/** Spelled so that this file does not hold the words itself. */
const FORBIDDEN: readonly { readonly pattern: RegExp; readonly what: string }[] = [
  { pattern: new RegExp(`\\b${'TO'}DO\\b`), what: 'an open task: do it, or file an issue' },
  { pattern: new RegExp(`\\b${'FIX'}ME\\b(?!\\(#\\d+\\))`), what: 'a known fault without the number of its issue' },
  { pattern: new RegExp(`\\b${'X'}XX\\b`), what: 'a mark for oneself' },
  { pattern: new RegExp(`@ts-${'ignore'}|@ts-${'nocheck'}`), what: 'a silenced type error' },
  { pattern: new RegExp(`\\b(it|test|describe)\\.${'only'}\\(`), what: 'a spec that hides the others' },
  { pattern: new RegExp(`\\bvi\\.${'mock'}\\(`), what: 'a mocked module: pass a fake instead' },
];

/** Words that say that something is not done, one line each: `path:line: what`. */
export function wordFindings(files: readonly TextFile[]): string[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      const found = FORBIDDEN.filter(({ pattern }) => pattern.test(line));
      return found.map(({ what }) => `${path}:${index + 1}: ${what}`);
    }),
  );
}

/** A plug-in is a folder, registered under the folder's name, with a README. */
export function pluginFindings(given: {
  readonly where: string;
  readonly folders: readonly { readonly name: string; readonly hasReadme: boolean }[];
  readonly ids: readonly string[];
}): string[] {
  const { where, folders, ids } = given;
  const names = folders.map(({ name }) => name);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  return [
    ...names.filter((name) => !ids.includes(name)).map((name) => `${where}/${name} is not registered under its name`),
    ...ids.filter((id) => !names.includes(id)).map((id) => `${id} is registered and has no folder ${where}/${id}`),
    ...folders.filter(({ hasReadme }) => !hasReadme).map(({ name }) => `${where}/${name} has no README.md`),
    ...twice.map((id) => `${where}: ${id} is registered twice`),
  ];
}

/** Each dependency has one line ``- `name`: reason`` in CONTRIBUTING.md, and each such line a dependency. */
export function dependencyFindings(dependencies: readonly string[], contributing: string): string[] {
  const section = contributing.split(/^## /m).find((part) => part.startsWith('Dependencies')) ?? '';
  const explained = [...section.matchAll(/^- `([^`]+)`: \S+/gm)].map(([, name = '']) => name);
  return [
    ...dependencies
      .filter((name) => !explained.includes(name))
      .map((name) => `${name} has no reason in CONTRIBUTING.md`),
    ...explained
      .filter((name) => !dependencies.includes(name))
      .map((name) => `CONTRIBUTING.md explains ${name}, which nothing depends on`),
    ...explained
      .filter((name, index) => explained.indexOf(name) !== index)
      .map((name) => `CONTRIBUTING.md explains ${name} twice`),
  ];
}
