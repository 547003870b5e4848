import { ok } from '@clair/model';
import { describe, expect, it } from 'vitest';
import { mergedPath } from './owned-files.ts';
import { SCANNERS } from './registry.ts';
import { resolveInventory } from './resolve-inventory.ts';
import { ownSource, type Scanner } from './scanner.ts';
import { apkInstalled, directory, dpkgStatus, file, reportOf, type TarEntry } from './testing/layer-dsl.ts';

/** Says that each `*.wheel` is a package of Python of that name. */
const wheels: Scanner = {
  id: 'wheels',
  version: '1',
  kind: 'package',
  fileBytesMax: 100,
  wants: (path) => path.endsWith('.wheel'),
  read: ({ path }) => {
    const name = path.slice(path.lastIndexOf('/') + 1).replace('.wheel', '');
    const pkg = ownSource({ name, version: '1', type: 'pypi', scheme: 'pep440', arch: '', module: '' });
    return ok({ packages: [{ ...pkg, member: 'inner' }], problems: [] });
  },
};

/** A scanner that looks at content first, as those of programs do. */
const programs: Scanner = {
  ...wheels,
  id: 'programs',
  wants: (path) => !path.includes('.'),
  wantsContent: (head) => head[0] === 0x7f,
};

function owners(...layers: readonly (readonly TarEntry[])[]): readonly string[] {
  const scanners = [...SCANNERS, wheels, programs];
  const reports = layers.map((entries, index) => ({ digest: `sha256:${index}`, report: reportOf(entries, scanners) }));
  const { packages } = resolveInventory(reports, scanners);
  return packages.flatMap(({ type, name, owner, namespace, locations }) =>
    type === 'pypi' ? locations.map(({ path }) => `${namespace} ${name} ${path} ${owner}`) : [],
  );
}

const LIST = 'var/lib/dpkg/info/python3-a.list';
const database = file('var/lib/dpkg/status', dpkgStatus('python3-a=1'));

describe('a package of a language', () => {
  it('belongs to the package of the distribution that brought its file', () => {
    expect(
      owners([database, file(LIST, '/usr\n/usr/lib/a.wheel\n'), file('usr/lib/a.wheel'), file('opt/b.wheel')]),
    ).toEqual(['PyPI a usr/lib/a.wheel:inner python3-a', 'PyPI b opt/b.wheel:inner ']);
  });

  it('is two where the same version is there once of each kind', () => {
    expect(owners([database, file(LIST, '/lib/a.wheel\n'), file('usr/lib/a.wheel'), file('opt/a.wheel')])).toEqual([
      'PyPI a opt/a.wheel:inner ',
      'PyPI a usr/lib/a.wheel:inner python3-a',
    ]);
  });

  it('is owned across layers, as long as the list is there', () => {
    const below = [file('usr/lib/a.wheel')];
    expect(owners(below, [database, file(LIST, '/usr/lib/a.wheel\n')])).toEqual([
      'PyPI a usr/lib/a.wheel:inner python3-a',
    ]);
    expect(owners(below, [file(LIST, '/usr/lib/a.wheel\n')], [file('var/lib/dpkg/info/.wh.python3-a.list')])).toEqual([
      'PyPI a usr/lib/a.wheel:inner ',
    ]);
  });

  it('of Alpine', () => {
    const text = apkInstalled('py3-a=1').replace('\n\n', '\nF:usr/lib\nR:a.wheel\nF:usr/share\nR:x\n\n');
    expect(owners([file('lib/apk/db/installed', text), file('usr/lib/a.wheel')])).toEqual([
      'PyPI a usr/lib/a.wheel:inner py3-a',
    ]);
  });
});

describe('a scanner that looks at content', () => {
  const program = file('usr/bin/tool', '\u007fELF');

  it('reads what begins as it wants, and passes over the rest without a word', () => {
    expect(owners([program, file('usr/bin/script', '#!')])).toEqual(['PyPI tool usr/bin/tool:inner ']);
  });

  it.each([
    ['a file of another kind', file('usr/bin/tool', '#!')],
    ['a directory', directory('usr/bin/tool')],
    ['a whiteout', file('usr/bin/.wh.tool')],
  ])('has nothing where %s came over it', (_, entry) => {
    expect(owners([program], [entry])).toEqual([]);
  });

  it('keeps what is below a directory that a later layer has too', () => {
    expect(owners([program], [directory('usr/bin'), directory('usr')])).toHaveLength(1);
  });
});

it.each([
  ['lib/python3/a', 'usr/lib/python3/a'],
  ['usr/lib/python3/a', 'usr/lib/python3/a'],
  ['library/a', 'library/a'],
  ['opt/lib/a', 'opt/lib/a'],
])('%s is %s', (path, merged) => expect(mergedPath(path)).toBe(merged));
