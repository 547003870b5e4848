import { describe, expect, it } from 'vitest';
import { resolveInventory } from '../../resolve-inventory.ts';
import { file, stacked } from '../../testing/layer-dsl.ts';
import { textFile } from '../../testing/scanned-file.ts';
import { dpkg } from './index.ts';

function read(text: string, path = 'var/lib/dpkg/status') {
  return dpkg.read(textFile(path, text));
}

function outcome(text: string, path?: string): { packages: string[]; problems: number } {
  const result = read(text, path);
  if (!result.ok) return { packages: [], problems: -1 };
  const { packages, problems } = result.value;
  return {
    packages: packages.map((p) => `${p.name}=${p.version}:${p.arch} ${p.source.name}=${p.source.version}`),
    problems: problems.length,
  };
}

const bash = 'Package: bash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.2-1\n';
const BASH = 'bash=5.2-1:amd64 bash=5.2-1';

describe('wants', () => {
  it.each([
    ['var/lib/dpkg/status', true],
    ['dpkg/status', true],
    ['usr/lib/dpkg/status', true],
    ['installed/vcpkg/status', false],
    ['usr/lib/opkg/status', false],
    ['srv/jail/var/lib/dpkg/status', true],
    ['var/lib/dpkg/status.d/base', true],
    ['srv/jail/var/lib/dpkg/status.d/dHpkYXRh', true],
    ['var/lib/dpkg/status.d/base.md5sums', true],
    ['var/lib/dpkg/info/base-files.list', true],
    ['var/lib/dpkg/info/base-files.md5sums', false],
    ['var/lib/dpkg/info/a/b.list', false],
    ['var/lib/dpkg/status.d', false],
    ['var/lib/dpkg/status.d/a/b', false],
    ['var/lib/dpkg/status-old', false],
    ['var/lib/xdpkg/status', false],
    ['var/lib/xdpkg/status.d/base', false],
    ['vcpkg/status', false],
    ['status', false],
  ])('%s: %s', (path, wanted) => {
    expect(dpkg.wants(path)).toBe(wanted);
  });
});

describe('status', () => {
  it.each([
    { what: 'an empty file', text: '', packages: [], problems: 0 },
    { what: 'one stanza', text: bash, packages: [BASH], problems: 0 },
    { what: 'empty lines around', text: `\n\n${bash}\n \n\n${bash}\n`, packages: [BASH, BASH], problems: 0 },
    { what: 'CRLF', text: bash.replaceAll('\n', '\r\n'), packages: [BASH], problems: 0 },
    { what: 'field names in any case', text: bash.toLowerCase(), packages: [BASH], problems: 0 },
    { what: 'hold', text: bash.replace('install ok', 'hold ok'), packages: [BASH], problems: 0 },
    { what: 'reinstreq', text: bash.replace('install ok', 'deinstall reinstreq'), packages: [BASH], problems: 0 },
    ...['config-files', 'half-installed', 'unpacked', 'half-configured', 'triggers-awaited', 'not-installed'].map(
      (state) => ({ what: state, text: bash.replace('ok installed', `ok ${state}`), packages: [], problems: 0 }),
    ),
    {
      what: 'not installed and without version',
      text: 'Package: a\nStatus: purge ok not-installed\n',
      packages: [],
      problems: 0,
    },
    { what: 'a state nobody knows', text: bash.replace('ok installed', 'ok fine'), packages: [], problems: 1 },
    { what: 'a short Status', text: bash.replace('install ok installed', 'installed'), packages: [], problems: 1 },
    { what: 'no Status', text: bash.replace(/Status.*\n/, ''), packages: [], problems: 1 },
    { what: 'no Package', text: bash.replace(/Package.*\n/, ''), packages: [], problems: 1 },
    {
      what: 'no Version, then a good one',
      text: `${bash.replace(/Version.*\n/, '')}\n${bash}`,
      packages: [BASH],
      problems: 1,
    },
    {
      what: 'no Architecture, then a good one',
      text: `${bash.replace(/Arch.*\n/, '')}\n${bash}`,
      packages: ['bash=5.2-1: bash=5.2-1', BASH],
      problems: 1,
    },
    { what: 'two Versions', text: `${bash}Version: 6\n`, packages: [], problems: 1 },
    { what: 'a missing empty line', text: bash + bash, packages: [BASH, BASH], problems: 1 },
    { what: 'a line that is no field', text: `${bash}garbage\n`, packages: [BASH], problems: 1 },
    { what: 'cut off in a line', text: `${bash}Descripti`, packages: [BASH], problems: 2 },
    { what: 'cut off in a value', text: `${bash}Description: a she`, packages: [BASH], problems: 1 },
    {
      what: 'fields in continuation lines are text',
      text: `${bash}Description: x\n Package: y\n\tVersion: 9\n .\n`,
      packages: [BASH],
      problems: 0,
    },
    {
      what: 'two architectures of one name',
      text: `${bash}\n${bash.replace('amd64', 'i386')}`,
      packages: [BASH, 'bash=5.2-1:i386 bash=5.2-1'],
      problems: 0,
    },
    { what: 'a control character in a name', text: bash.replace('bash', 'ba\0sh'), packages: [], problems: 1 },
    { what: 'a name of 2,000 characters', text: bash.replace('bash', 'b'.repeat(2000)), packages: [], problems: 1 },
  ])('$what', ({ text, packages, problems }) => {
    expect(outcome(text)).toEqual({ packages, problems });
  });

  it.each([
    { source: 'Source: bash-src', shown: 'bash-src=5.2-1', problems: 0 },
    { source: 'Source: bash-src (1:4.0-2)', shown: 'bash-src=1:4.0-2', problems: 0 },
    { source: 'Source:  bash-src  ( 4 ) ', shown: 'bash-src=4', problems: 0 },
    { source: 'Source:', shown: 'bash=5.2-1', problems: 0 },
    { source: 'Source: two words', shown: 'bash=5.2-1', problems: 1 },
    { source: 'Source: bash-src (4', shown: 'bash=5.2-1', problems: 1 },
  ])('$source', ({ source, shown, problems }) => {
    expect(outcome(`${bash}${source}\n`)).toEqual({ packages: [`bash=5.2-1:amd64 ${shown}`], problems });
  });

  it('of vcpkg is refused, with the reason', () => {
    const vcpkg =
      'Package: zlib\nVersion: 1.3\nPort-Version: 1\nArchitecture: x64-linux\nStatus: install ok installed\n';
    expect(read(vcpkg)).toMatchObject({
      ok: false,
      error: { kind: 'malformed', reason: expect.stringContaining('vcpkg') },
    });
    expect(read(`${bash}\n${vcpkg.replace(/Port-Version.*\n/, 'Abi: 0123\n')}`).ok).toBe(false);
  });

  it('with a package that has a field like those of vcpkg is still of dpkg', () => {
    const odd = `${bash}Maintainer: A <a@example.org>\nFeature: x\nAbi: 1\nAbi: 2\n`;
    expect(outcome(`${odd}\n${bash}`)).toEqual({ packages: [BASH, BASH], problems: 0 });
  });

  it('with very many bad stanzas lists the first problems and counts the rest', () => {
    const result = read('Package: a\n\n'.repeat(1000));
    expect(result.ok ? result.value.problems.length : 0).toBe(51);
    expect(result.ok ? result.value.problems.at(-1) : '').toBe('and 950 more problems of this file');
  });

  it('of 20,000 packages with long dependency lists is read in time linear in its size', () => {
    const stanza = (n: number): string =>
      `${bash.replace('bash', `p${n}`)}Depends: ${'libc6 (>= 2.36), '.repeat(20)}\n`;
    const text = Array.from({ length: 20_000 }, (_, n) => stanza(n)).join('\n');
    expect(outcome(text).packages).toHaveLength(20_000);
  });
});

describe('status.d', () => {
  const path = 'var/lib/dpkg/status.d/bash';
  it.each([
    { what: 'says no Status', text: bash.replace(/Status.*\n/, ''), packages: [BASH], problems: 0 },
    { what: 'says installed', text: bash, packages: [BASH], problems: 0 },
    { what: 'says not installed', text: bash.replace('ok installed', 'ok config-files'), packages: [], problems: 0 },
    { what: 'ends without a newline', text: bash.trimEnd(), packages: [BASH], problems: 0 },
  ])('$what', ({ text, packages, problems }) => {
    expect(outcome(text, path)).toEqual({ packages, problems });
  });

  it.each([
    { name: 'bash.preinst', text: '#!/bin/sh\nset -e\n', packages: [], problems: 0 },
    { name: 'bash.conffiles', text: '/etc/bash.bashrc\n', packages: [], problems: 0 },
    { name: 'bash', text: '#!/bin/sh\n', packages: [], problems: 2 },
    {
      name: 'pkg.config',
      text: bash.replace('bash', 'pkg.config'),
      packages: ['pkg.config=5.2-1:amd64 pkg.config=5.2-1'],
      problems: 0,
    },
  ])('$name', ({ name, text, packages, problems }) => {
    expect(outcome(text, `var/lib/dpkg/status.d/${name}`)).toEqual({ packages, problems });
  });
});

it('packages are deb packages of the dpkg scheme', () => {
  const result = read(bash);
  expect(result.ok && result.value.packages[0]).toMatchObject({ type: 'deb', scheme: 'dpkg', module: '' });
});

it('one name in two architectures is two packages of an image, whichever layer changed', () => {
  const both = `${bash}\n${bash.replace('amd64', 'i386')}`;
  const upgraded = `${bash}\n${bash.replace('amd64', 'i386').replace('5.2-1', '5.2-2')}`;
  const path = 'var/lib/dpkg/status';
  const { packages } = resolveInventory(stacked([file(path, both)], [file(path, upgraded)]));
  expect(packages.map((p) => `${p.name}:${p.arch} ${p.version} ${p.locations.map((at) => at.introducedIn)}`)).toEqual([
    'bash:amd64 5.2-1 sha256:0',
    'bash:i386 5.2-2 sha256:1',
  ]);
});

it.each([
  [
    'var/lib/dpkg/info/python3-requests.list',
    '/.\n/usr\n/usr/lib\n/usr/lib/python3\n/usr/lib/python3/dist-packages\n/usr/lib/python3/dist-packages/requests.egg-info\n/usr/share\n',
    ['python3-requests', ['usr/lib/python3/dist-packages/requests.egg-info', 'usr/share']],
  ],
  ['var/lib/dpkg/info/libc6:amd64.list', '/lib/libc.so.6\n', ['libc6', ['lib/libc.so.6']]],
  [
    'var/lib/dpkg/status.d/base.md5sums',
    'd41d8cd98f00b204e9800998ecf8427e  usr/bin/app\nnot a line\n',
    ['base', ['usr/bin/app']],
  ],
])('%s says whose the files are', (path, text, [owner, paths]) => {
  const result = dpkg.read(textFile(path, text));
  expect(result).toEqual({ ok: true, value: { packages: [], owned: [{ owner, paths }], problems: [] } });
});
