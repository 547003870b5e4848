import type { FoundPackages } from '../../language/found-packages.ts';

interface GoModule {
  readonly path: string;
  readonly version: string;
}

/** The version that Go gives a module which was built from its source tree. No version: what is known of it cannot be decided. */
const SOURCE_TREE = '(devel)';

/**
 * Adds the modules that a program was made of: lines `mod`, the program's own; `dep`; and `=>` for what was taken in the place of the
 * line before. One that was taken from a directory has nobody's version but its own name. @see https://pkg.go.dev/runtime/debug#BuildInfo.String
 */
export function addModules(text: string, found: FoundPackages): void {
  let last: GoModule | undefined;
  const flush = (): void => {
    if (last !== undefined) found.add(last.path, last.version);
    last = undefined;
  };
  for (const line of text.split('\n')) {
    const [word = '', path = '', version = ''] = line.split('\t');
    if (word === '=>') {
      last = version === '' && last !== undefined ? { ...last, version: SOURCE_TREE } : { path, version };
      continue;
    }
    flush();
    if (word === 'mod' || word === 'dep') last = { path, version: version === '' ? SOURCE_TREE : version };
  }
  flush();
}
