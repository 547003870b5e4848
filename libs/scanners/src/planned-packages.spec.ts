import { expect, it } from 'vitest';
import { resolveInventory } from './resolve-inventory.ts';
import { file, stacked, type TarEntry } from './testing/layer-dsl.ts';

const lock = (folder: string, ...names: readonly string[]): TarEntry =>
  file(
    `${folder}package-lock.json`,
    JSON.stringify({
      packages: Object.fromEntries(names.map((name) => [`node_modules/${name}`, { version: '1.0.0' }])),
    }),
  );
const installed = (folder: string, name: string): TarEntry =>
  file(`${folder}node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0' }));
const composerLock = file('www/composer.lock', '{"packages":[{"name":"a/planned","version":"1.0"}]}');
const composerInstalled = (text: string) => file('www/vendor/composer/installed.json', text);

it.each<[string, readonly (readonly TarEntry[])[], readonly string[]]>([
  ['counts where nothing is installed', [[lock('app/', 'a', 'b')]], ['a', 'b']],
  ['is left out where packages are', [[lock('app/', 'a', 'b'), installed('app/', 'a')]], ['a']],
  ['also at the root', [[lock('', 'a', 'b'), installed('', 'a')]], ['a']],
  ['also of another layer', [[installed('app/', 'a')], [lock('app/', 'a', 'b')]], ['a']],
  ['also where they are deeper', [[lock('app/', 'b'), installed('app/node_modules/a/', 'c')]], ['c']],
  ['counts beside those of another project', [[lock('app/', 'b'), installed('other/', 'a')]], ['a', 'b']],
  ['counts above those of a part', [[lock('app/', 'b'), installed('app/part/', 'a')]], ['a', 'b']],
  [
    'counts again when they are removed',
    [[lock('app/', 'b'), installed('app/', 'a')], [file('app/.wh.node_modules')]],
    ['b'],
  ],
  ['of Composer is left out', [[composerLock, composerInstalled('{"packages":[]}')]], []],
  ['of Composer counts', [[composerLock]], ['a/planned']],
])('a lock file %s', (_, layers, names) => {
  const { packages, problems } = resolveInventory(stacked(...layers));
  expect(packages.map(({ name }) => name)).toEqual(names);
  expect(problems).toEqual([]);
});

it('takes its problems with it', () => {
  const odd = file('app/package-lock.json', '{"packages":{"node_modules/a":{"version":"git+ssh://x/y"}}}');
  expect(resolveInventory(stacked([odd])).problems).toHaveLength(1);
  expect(resolveInventory(stacked([odd, installed('app/', 'b')])).problems).toEqual([]);
});
