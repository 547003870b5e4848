import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/*
 * `npm run contracts`: lints `proto/`, and generates `libs/contracts/src/generated` from it: the TypeScript code, and the
 * descriptors that gRPC reflection answers from. With `--check` nothing is written: what is committed is compared with what
 * would be generated, and one line says which file is stale. Works without a network.
 */

const GENERATED = 'libs/contracts/src/generated';
const DESCRIPTORS = 'descriptors.binpb';

export interface Difference {
  /** From the folder of generated code. */
  readonly file: string;
  readonly kind: 'missing' | 'stale' | 'unexpected';
}

/** How the files below `actual` differ from those below `wanted`, byte for byte; both are folders. */
export function compareFolders(wanted: string, actual: string): Difference[] {
  const wantedFiles = filesBelow(wanted);
  const actualFiles = filesBelow(actual);
  const unexpected = [...actualFiles].filter((file) => !wantedFiles.has(file));
  return [
    ...unexpected.map((file): Difference => ({ file, kind: 'unexpected' })),
    ...[...wantedFiles].flatMap((file): Difference[] => {
      if (!actualFiles.has(file)) return [{ file, kind: 'missing' }];
      const isSame = readFileSync(join(wanted, file)).equals(readFileSync(join(actual, file)));
      return isSame ? [] : [{ file, kind: 'stale' }];
    }),
  ].toSorted((a, b) => (a.file < b.file ? -1 : 1));
}

function filesBelow(folder: string): Set<string> {
  const entries = globSync('**/*', { cwd: folder, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Set(files.map((file) => file.slice(folder.length + 1).replaceAll('\\', '/')));
}

/** Lints the protos of the repository and generates into `target`, which is emptied. Throws with buf's words on failure. */
export function generate(root: string, target: string): void {
  runBuf(root, join(root, 'proto'), ['lint']);
  // buf.gen.yaml names its plug-in and its output by relative paths; in a copy beside a link to node_modules they hold.
  const scratch = mkdtempSync(join(tmpdir(), 'clair-contracts-'));
  try {
    cpSync(join(root, 'proto'), join(scratch, 'proto'), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(scratch, 'node_modules'));
    runBuf(root, join(scratch, 'proto'), ['generate']);
    const output = join(scratch, GENERATED);
    runBuf(root, join(scratch, 'proto'), ['build', '--exclude-source-info', '-o', join(output, DESCRIPTORS)]);
    rmSync(target, { recursive: true, force: true });
    cpSync(output, target, { recursive: true });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function runBuf(root: string, cwd: string, args: readonly string[]): void {
  const bin = join(root, 'node_modules', '.bin');
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` };
  const { status, stdout, stderr, error } = spawnSync(join(bin, 'buf'), args, { cwd, env, encoding: 'utf8' });
  if (error !== undefined) throw new Error(`buf ${args[0]} does not run: ${error.message}`);
  if (status !== 0) throw new Error(`buf ${args[0]} failed:\n${`${stdout}${stderr}`.trim()}`);
}

function check(root: string): number {
  const wanted = mkdtempSync(join(tmpdir(), 'clair-contracts-'));
  try {
    generate(root, wanted);
    const differences = compareFolders(wanted, join(root, GENERATED));
    for (const { file, kind } of differences) {
      process.stderr.write(`${GENERATED}/${file} is ${kind}: run "npm run contracts" and commit\n`);
    }
    if (differences.length === 0) process.stdout.write(`contracts: ${GENERATED} is what proto/ says\n`);
    return differences.length === 0 ? 0 : 1;
  } finally {
    rmSync(wanted, { recursive: true, force: true });
  }
}

function main(args: readonly string[]): number {
  const root = join(import.meta.dirname, '..');
  const unknown = args.find((arg) => arg !== '--check');
  if (unknown !== undefined) {
    process.stderr.write(`contracts: unknown argument ${unknown}; usage: contracts [--check]\n`);
    return 1;
  }
  try {
    if (args.includes('--check')) return check(root);
    generate(root, join(root, GENERATED));
    process.stdout.write(`contracts: ${GENERATED} is generated\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exitCode = main(process.argv.slice(2));
