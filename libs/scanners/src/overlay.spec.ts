import { describe, expect, it } from 'vitest';
import { resolveInventory } from './resolve-inventory.ts';
import {
  apkInstalled,
  big,
  directory,
  distrolessStatus,
  dpkgStatus,
  file,
  hardlink,
  osReleaseText,
  other,
  stacked,
  type TarEntry,
} from './testing/layer-dsl.ts';

const STATUS = 'var/lib/dpkg/status';
const base = [file(STATUS, dpkgStatus('bash=5', 'libc6=2'))];

interface Case {
  readonly rule: string;
  readonly layers: readonly (readonly TarEntry[])[];
  /** `name=version path since@layer`. */
  readonly packages: readonly string[];
  readonly problems?: readonly string[];
}

const kept = [`bash=5 ${STATUS} 0@0`, `libc6=2 ${STATUS} 0@0`];

const cases: readonly Case[] = [
  { rule: 'a lower database shows through', layers: [base, [file('etc/motd')]], packages: kept },
  { rule: 'a whiteout removes the database', layers: [base, [file('var/lib/dpkg/.wh.status')]], packages: [] },
  { rule: 'a whiteout removes a parent directory', layers: [base, [file('var/.wh.lib')]], packages: [] },
  { rule: 'a whiteout at the root removes a tree', layers: [base, [file('.wh.var')]], packages: [] },
  { rule: 'a whiteout of a longer name removes nothing', layers: [base, [file('.wh.va')]], packages: kept },
  {
    rule: 'a whiteout of a sibling removes nothing',
    layers: [base, [file('var/lib/dpkg/.wh.status-old')]],
    packages: kept,
  },
  {
    rule: 'an opaque directory hides what is in it',
    layers: [base, [file('var/lib/dpkg/.wh..wh..opq')]],
    packages: [],
  },
  { rule: 'an opaque directory hides what is deep in it', layers: [base, [file('var/.wh..wh..opq')]], packages: [] },
  { rule: 'an opaque root hides everything', layers: [base, [file('.wh..wh..opq')]], packages: [] },
  { rule: 'opaque elsewhere hides nothing', layers: [base, [file('var/cache/.wh..wh..opq')]], packages: kept },
  {
    rule: 'a whiteout does not hide its own layer, whichever comes first',
    layers: [base, [file(STATUS, dpkgStatus('bash=6')), file('var/lib/dpkg/.wh.status')]],
    packages: [`bash=6 ${STATUS} 1@1`],
  },
  {
    rule: 'an opaque directory does not hide its own layer, whichever comes first',
    layers: [base, [file(STATUS, dpkgStatus('bash=6')), file('.wh..wh..opq')]],
    packages: [`bash=6 ${STATUS} 1@1`],
  },
  {
    rule: 'a later file replaces, and keeps since when a package is there',
    layers: [base, [file(STATUS, dpkgStatus('bash=6', 'libc6=2'))]],
    packages: [`bash=6 ${STATUS} 1@1`, `libc6=2 ${STATUS} 0@1`],
  },
  {
    rule: 'a package that was gone for a layer is there since it came back',
    layers: [base, [file(STATUS, dpkgStatus('bash=5'))], base],
    packages: [`bash=5 ${STATUS} 0@2`, `libc6=2 ${STATUS} 2@2`],
  },
  {
    rule: 'a database removed and written anew starts anew',
    layers: [base, [file('var/.wh.lib')], base],
    packages: [`bash=5 ${STATUS} 2@2`, `libc6=2 ${STATUS} 2@2`],
  },
  {
    rule: 'a database removed and written in one layer goes on',
    layers: [base, [file('var/.wh.lib'), ...base]],
    packages: [`bash=5 ${STATUS} 0@1`, `libc6=2 ${STATUS} 0@1`],
  },
  { rule: 'an emptied database has no packages', layers: [base, [file(STATUS, '')]], packages: [] },
  {
    rule: 'a file that is too large replaces, and says so',
    layers: [base, [big(STATUS)]],
    packages: [],
    problems: [`dpkg ${STATUS} limit`],
  },
  {
    rule: 'a link or device replaces, and says so',
    layers: [base, [other(STATUS)]],
    packages: [],
    problems: [`dpkg ${STATUS} incomplete`],
  },
  { rule: 'a directory replaces the file', layers: [base, [directory(STATUS)]], packages: [] },
  { rule: 'a directory that is only implied replaces the file', layers: [base, [file(`${STATUS}/x`)]], packages: [] },
  { rule: 'a link over a directory hides what is below', layers: [base, [other('var/lib')]], packages: [] },
  { rule: 'a file over a directory hides what is below', layers: [base, [file('var/lib')]], packages: [] },
  { rule: 'a directory over a directory hides nothing', layers: [base, [directory('var/lib/dpkg')]], packages: kept },
  {
    rule: 'a file over status.d hides what is below',
    layers: [[file('var/lib/dpkg/status.d/a', distrolessStatus('a=1'))], [file('var/lib/dpkg/status.d')]],
    packages: [],
  },
  {
    rule: 'problems of a replaced file do not count',
    layers: [[file(STATUS, 'Package: a\n')], base],
    packages: [`bash=5 ${STATUS} 1@1`, `libc6=2 ${STATUS} 1@1`],
  },
  {
    rule: 'problems of a file that is there count',
    layers: [[file(STATUS, 'Package: a\n')], [file('etc/motd')]],
    packages: [],
    problems: [`dpkg ${STATUS} malformed`],
  },
  {
    rule: 'the last of two entries of one path in one tar wins',
    layers: [[file(STATUS, dpkgStatus('a=1')), file(STATUS, dpkgStatus('b=1'))]],
    packages: [`b=1 ${STATUS} 0@0`],
  },
  {
    rule: 'a file in one tar replaces the directory before it, with what is in it',
    layers: [[...base, file('var/lib/dpkg')]],
    packages: [],
  },
  {
    rule: 'an entry below a file of the same tar makes a directory of it',
    layers: [[file('var/lib/dpkg'), ...base]],
    packages: kept,
  },
  {
    rule: 'a hard link to a wanted file before it',
    layers: [[...base, hardlink('jail/dpkg/status', STATUS)]],
    packages: [`bash=5 jail/dpkg/status 0@0`, ...kept.slice(0, 1), `libc6=2 jail/dpkg/status 0@0`, ...kept.slice(1)],
  },
  {
    rule: 'a hard link to a wanted file after it',
    layers: [[hardlink('jail/dpkg/status', STATUS), file(STATUS, dpkgStatus('a=1'))]],
    packages: ['a=1 jail/dpkg/status 0@0', `a=1 ${STATUS} 0@0`],
  },
  {
    rule: 'a hard link to an unwanted file needs a second pass',
    layers: [[file('var/lib/dpkg/status-old', dpkgStatus('a=1')), hardlink(STATUS, 'var/lib/dpkg/status-old')]],
    packages: [`a=1 ${STATUS} 0@0`],
  },
  {
    rule: 'a hard link through an unwanted hard link to a file that comes later',
    layers: [[hardlink(STATUS, 'x'), hardlink('x', 'y'), file('y', dpkgStatus('a=1'))]],
    packages: [`a=1 ${STATUS} 0@0`],
  },
  {
    rule: 'a hard link keeps the content its target had then',
    layers: [[file('x', dpkgStatus('a=1')), hardlink(STATUS, 'x'), file('x', dpkgStatus('b=1'))]],
    packages: [`a=1 ${STATUS} 0@0`],
  },
  {
    rule: 'a hard link to a file of a lower layer, which this layer removes',
    layers: [base, [hardlink('jail/dpkg/status', STATUS), file('.wh.var')]],
    packages: ['bash=5 jail/dpkg/status 1@1', 'libc6=2 jail/dpkg/status 1@1'],
  },
  {
    rule: 'a hard link to a lower file that nobody read is a problem, and replaces',
    layers: [[...base, file('x', dpkgStatus('a=1'))], [hardlink(STATUS, 'x')]],
    packages: [],
    problems: [`dpkg ${STATUS} incomplete`],
  },
  {
    rule: 'hard links in a circle are a problem, and replace',
    layers: [base, [hardlink(STATUS, 'jail/dpkg/status'), hardlink('jail/dpkg/status', STATUS)]],
    packages: [],
    problems: ['dpkg jail/dpkg/status incomplete', `dpkg ${STATUS} incomplete`],
  },
  {
    rule: 'both databases of an image that has two',
    layers: [[file('lib/apk/db/installed', apkInstalled('musl=1')), ...base]],
    packages: ['musl=1 lib/apk/db/installed 0@0', ...kept],
  },
];

function shown(layers: readonly (readonly TarEntry[])[]): { packages: string[]; problems: string[] } {
  const { packages, problems } = resolveInventory(stacked(...layers));
  return {
    packages: packages.flatMap(({ name, version, locations }) =>
      locations.map((at) => `${name}=${version} ${at.path} ${at.introducedIn.slice(7)}@${at.layer.slice(7)}`),
    ),
    problems: problems.map(({ scanner, path, kind }) => `${scanner} ${path} ${kind}`),
  };
}

describe('overlay rules', () => {
  it.each(cases)('$rule', ({ layers, packages, problems = [] }) => {
    expect(shown(layers)).toEqual({ packages, problems });
  });
});

describe('a layer digest that appears twice', () => {
  it('counts at each position', () => {
    const [first, removal] = stacked(base, [file('.wh.var')]);
    if (first === undefined || removal === undefined) throw new Error('two layers were stacked');
    expect(resolveInventory([first, removal]).packages).toEqual([]);
    const again = resolveInventory([first, removal, first]).packages;
    expect(again.map(({ name, locations }) => [name, locations[0]?.introducedIn])).toEqual([
      ['bash', first.digest],
      ['libc6', first.digest],
    ]);
  });
});

describe('distribution', () => {
  const debian = file('usr/lib/os-release', osReleaseText('debian', '12'));
  const alpine = file('etc/os-release', osReleaseText('alpine', '3.20.1'));
  const ubuntu = file('etc/os-release', osReleaseText('ubuntu', '24.04'));
  it.each([
    { rule: 'none: no namespace', layers: [base], namespaces: [''], did: undefined },
    { rule: 'usr/lib alone', layers: [[...base, debian]], namespaces: ['debian:12'], did: 'debian' },
    { rule: 'from any layer', layers: [base, [debian]], namespaces: ['debian:12'], did: 'debian' },
    {
      rule: 'etc wins over usr/lib of a later layer',
      layers: [[ubuntu], [...base, debian]],
      namespaces: ['ubuntu:24.04'],
      did: 'ubuntu',
    },
    {
      rule: 'etc removed: usr/lib counts',
      layers: [[ubuntu, debian, ...base], [file('etc/.wh.os-release')]],
      namespaces: ['debian:12'],
      did: 'debian',
    },
    {
      rule: 'etc a link: usr/lib counts',
      layers: [[other('etc/os-release'), debian, ...base]],
      namespaces: ['debian:12'],
      did: 'debian',
    },
    {
      rule: 'the topmost counts',
      layers: [[ubuntu, ...base], [file('etc/os-release', osReleaseText('debian', '11'))]],
      namespaces: ['debian:11'],
      did: 'debian',
    },
    { rule: 'packages of another kind stay outside', layers: [[alpine, ...base]], namespaces: [''], did: 'alpine' },
    {
      rule: 'debian_version completes an os-release without version',
      layers: [[file('etc/os-release', 'ID=debian\n'), file('etc/debian_version', '10.8\n'), ...base]],
      namespaces: ['debian:10'],
      did: 'debian',
    },
    {
      rule: 'debian_version does not make a derivative Debian',
      layers: [[ubuntu, file('etc/debian_version', 'trixie/sid\n'), ...base]],
      namespaces: ['ubuntu:24.04'],
      did: 'ubuntu',
    },
    {
      rule: 'lsb-release goes before debian_version',
      layers: [[file('etc/lsb-release', 'DISTRIB_ID=Ubuntu\n'), file('etc/debian_version', 'trixie/sid\n'), ...base]],
      namespaces: [''],
      did: 'ubuntu',
    },
    {
      rule: 'debian_version alone',
      layers: [[file('etc/debian_version', 'trixie/sid\n'), ...base]],
      namespaces: ['debian:13'],
      did: 'debian',
    },
  ])('$rule', ({ layers, namespaces, did }) => {
    const { packages, distributions } = resolveInventory(stacked(...layers));
    expect([...new Set(packages.map(({ namespace }) => namespace))]).toEqual(namespaces);
    expect(distributions.map((one) => one.did)).toEqual(did === undefined ? [] : [did]);
  });
});

describe('inventory', () => {
  it('has each package once, with all its places, in one order whatever the order of the tar', () => {
    const entries = [
      file('jail/var/lib/dpkg/status', dpkgStatus('zlib=1', 'bash=5')),
      file(STATUS, dpkgStatus('bash=5', 'bash=5', 'acl=1')),
    ];
    const inventory = resolveInventory(stacked(entries));
    expect(inventory.packages.map(({ name, locations }) => [name, ...locations.map(({ path }) => path)])).toEqual([
      ['acl', STATUS],
      ['bash', 'jail/var/lib/dpkg/status', STATUS],
      ['zlib', 'jail/var/lib/dpkg/status'],
    ]);
    expect(resolveInventory(stacked(entries.toReversed()))).toEqual(inventory);
  });
});
