import { deflateSync } from 'node:zlib';
import { program } from '@clair/scanners/testing';
import { type TarEntry, zipArchive } from '@clair/testing';
import { osRelease } from '../../distributions/testing/os-release.ts';
import { dpkgStatus } from '../../distributions/testing/package-databases.ts';

const file = (path: string, content: string | Uint8Array): TarEntry => ({ path, content });
const json = (path: string, content: unknown): TarEntry => file(path, JSON.stringify(content));
const npm = (folder: string, name: string, version: string): TarEntry =>
  json(`${folder}/node_modules/${name}/package.json`, { name, version });
const wheel = (name: string, version: string): TarEntry =>
  file(
    `usr/local/lib/python3.12/site-packages/${name.replaceAll('.', '_')}-${version}.dist-info/METADATA`,
    `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n\nA description.\n`,
  );

const OWNED_FOLDER = 'usr/lib/python3/dist-packages/urllib3-1.26.12.egg-info';
const DPKG = [
  { name: 'python3-urllib3', version: '1.26.12-1+deb12u1', arch: 'all', source: 'python-urllib3' },
  { name: 'base-files', version: '12.4', arch: 'amd64' },
];

const LOG4J = zipArchive({
  'META-INF/maven/org.apache.logging.log4j/log4j-core/pom.properties':
    'version=2.14.1\ngroupId=org.apache.logging.log4j\nartifactId=log4j-core\n',
});

/** After its length, in one byte or two. */
const text = (value: string): number[] => {
  const length = value.length < 0x80 ? [value.length] : [(value.length & 0x7f) | 0x80, value.length >>> 7];
  return [...length, ...Buffer.from(value, 'latin1')];
};

/** @see https://pkg.go.dev/debug/buildinfo */
function goProgram(): Uint8Array {
  const mark = 'x'.repeat(16);
  const modules = `${mark}mod\texample.org/m\t(devel)\t\ndep\tgolang.org/x/net\tv0.6.0\th1:x=\n${mark}`;
  const header = [...Buffer.from('\xff Go buildinf:', 'latin1'), 8, 2, ...Array(16).fill(0)];
  return program('elf64', [
    { name: '.go.buildinfo', bytes: Uint8Array.from([...header, ...text('go1.21.4'), ...text(modules)]) },
  ]);
}

/** @see https://github.com/rust-secure-code/cargo-auditable */
function rustProgram(): Uint8Array {
  const packages = [
    { name: 'tool', version: '0.1.0', source: 'local', root: true },
    { name: 'time', version: '0.1.42', source: 'crates.io' },
  ];
  return program('pe32+', [{ name: '.dep-v0', bytes: deflateSync(JSON.stringify({ packages })) }]);
}

/** What the first layer installs. */
export const BASE: readonly TarEntry[] = [
  osRelease({ ID: 'debian', VERSION_ID: '12', VERSION_CODENAME: 'bookworm', PRETTY_NAME: 'Debian GNU/Linux 12' }),
  dpkgStatus(DPKG),
  // Debian's own package of a library of Python, at a version that upstream calls vulnerable.
  file(
    'var/lib/dpkg/info/python3-urllib3.list',
    `/.\n/usr\n/usr/lib\n/usr/lib/python3\n/${OWNED_FOLDER}\n/${OWNED_FOLDER}/PKG-INFO\n`,
  ),
  file(`${OWNED_FOLDER}/PKG-INFO`, 'Metadata-Version: 2.1\nName: urllib3\nVersion: 1.26.12\n'),
  npm('app', 'lodash', '4.17.20'),
  npm('app', '@scope/gap', '1.7.0'),
  npm('app/node_modules/@scope/gap', '@scope/gap', '2.2.9'),
  npm('app', 'gone', '1.0.0'),
  npm('app', 'replaced', '1.0.0'),
  wheel('Zope.Interface', '5.0rc1'),
  wheel('poster', '1.0.post1'),
  file(
    'usr/local/bundle/specifications/rack-2.2.3.gemspec',
    'Gem::Specification.new do |s|\n  s.name = "rack".freeze\n  s.version = "2.2.3"\nend\n',
  ),
  json('var/www/vendor/composer/installed.json', { packages: [{ name: 'twig/twig', version: 'v2.15.2' }] }),
  json('srv/app.deps.json', {
    runtimeTarget: { name: '.NETCoreApp,Version=v8.0' },
    libraries: {
      'app/1.0.0': { type: 'project', serviceable: false, sha512: '' },
      'Newtonsoft.Json/12.0.3': { type: 'package', serviceable: true, sha512: 'x' },
    },
  }),
  file(
    'src/Cargo.lock',
    '[[package]]\nname = "mine"\nversion = "0.1.0"\n\n[[package]]\nname = "smallvec"\nversion = "1.6.0"\n' +
      'source = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "00"\n',
  ),
  file('app/service.jar', zipArchive({ 'BOOT-INF/lib/log4j-core-2.14.1.jar': LOG4J, 'org/example/Main.class': 'x' })),
  file('usr/local/bin/server', goProgram()),
  file('usr/local/bin/tool', rustProgram()),
  file('usr/local/lib/zipped-1.0.egg', zipArchive({ 'EGG-INFO/PKG-INFO': 'Name: zipped\nVersion: 1.0\n' })),
];

/** What the second layer removes and replaces. */
export const TOP: readonly TarEntry[] = [file('app/node_modules/.wh.gone', ''), npm('app', 'replaced', '2.0.0')];

/** `name.arch version`; packages of languages have no architecture. */
export const PACKAGES: readonly string[] = [
  ...DPKG.map(({ name, arch, version }) => `${name}.${arch} ${version}`),
  'lodash. 4.17.20',
  '@scope/gap. 1.7.0',
  '@scope/gap. 2.2.9',
  'replaced. 2.0.0',
  'urllib3. 1.26.12',
  'zope-interface. 5.0rc1',
  'poster. 1.0.post1',
  'rack. 2.2.3',
  'twig/twig. v2.15.2',
  'Newtonsoft.Json. 12.0.3',
  'smallvec. 1.6.0',
  'org.apache.logging.log4j:log4j-core. 2.14.1',
  'stdlib. go1.21.4',
  'example.org/m. (devel)',
  'golang.org/x/net. v0.6.0',
  'tool. 0.1.0',
  'time. 0.1.42',
  'zipped. 1.0',
];

/** By hand, from the documents. */
export const FINDINGS: readonly string[] = [
  'lodash. 4.17.20: GHSA-npm0-loda-sh01 affected, fixed, < 4.17.21, Critical',
  '@scope/gap. 2.2.9: GHSA-npm0-gaps-0001 affected, fixed, < 2.3.0, High',
  'zope-interface. 5.0rc1: GHSA-pypi-zope-0001 affected, fixed, < 5.0rc2, Medium',
  'rack. 2.2.3: GHSA-ruby-rack-0001 affected, fixed, < 2.2.3.1, High',
  'twig/twig. v2.15.2: GHSA-phpp-twig-0001 affected, fixed, < 2.15.3, High',
  'Newtonsoft.Json. 12.0.3: GHSA-nuge-json-0001 affected, fixed, < 13.0.1, High',
  'org.apache.logging.log4j:log4j-core. 2.14.1: GHSA-mave-log4-jcor affected, fixed, < 2.15.0, Critical',
  'golang.org/x/net. v0.6.0: GO-2026-0001 affected, fixed, < 0.7.0, Unknown',
  'stdlib. go1.21.4: GO-2026-0002 affected, fixed, < 1.21.5, Unknown',
  'example.org/m. (devel): GO-2026-0003 undecidable, fixed, < 1.0.0, Unknown',
  'time. 0.1.42: RUSTSEC-2026-0002 affected, fixed, < 0.2.23, Unknown',
  'smallvec. 1.6.0: RUSTSEC-2026-0001 affected, fixed, < 1.6.1, Unknown',
];
