/** What a folder of the repository is; the import rules are about these. */
export type Layer = 'domain' | 'contract' | 'adapter' | 'platform' | 'app' | 'launcher' | 'testing' | 'script';

/** Every folder under `libs/` and `apps/`. One that is not here is a violation: a new package is a decision. */
export const LAYERS: Readonly<Record<string, Layer>> = {
  'libs/model': 'domain',
  'libs/versions': 'domain',
  'libs/scanners': 'domain',
  'libs/feeds': 'domain',
  'libs/matching': 'domain',
  'libs/cvss': 'domain',
  'libs/sbom': 'domain',
  'libs/contracts': 'contract',
  'libs/oci': 'adapter',
  'libs/postgres': 'adapter',
  'libs/bus': 'adapter',
  'libs/service-kit': 'platform',
  'libs/testing': 'testing',
  'apps/indexer': 'app',
  'apps/matcher': 'app',
  'apps/updater': 'app',
  'apps/notifier': 'app',
  'apps/clair': 'launcher',
  'apps/clairctl': 'launcher',
};

/** Folders at the top whose code is run by a person or by CI, and by nothing else. */
export const SCRIPT_FOLDERS: readonly string[] = ['tools', 'bench', 'examples'];

/** The nx tag that says the same in `package.json`. */
export function tagOf(layer: Layer): string {
  return `type:${layer}`;
}

const DOMAIN = [
  'libs/model',
  'libs/versions',
  'libs/scanners',
  'libs/feeds',
  'libs/matching',
  'libs/sbom',
  'libs/cvss',
];
const LIBS = Object.keys(LAYERS).filter((folder) => folder.startsWith('libs/') && folder !== 'libs/testing');
const APPS = Object.keys(LAYERS).filter((folder) => LAYERS[folder] === 'app');

/** Which of our packages a package may import. Left out: itself, and `libs/testing`, which test code may always import. */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'libs/model': [],
  'libs/versions': ['libs/model'],
  'libs/scanners': ['libs/model', 'libs/versions'],
  'libs/feeds': ['libs/model', 'libs/versions', 'libs/cvss'],
  'libs/matching': ['libs/model', 'libs/versions', 'libs/scanners', 'libs/feeds'],
  'libs/cvss': ['libs/model'],
  'libs/sbom': ['libs/model', 'libs/versions', 'libs/scanners'],
  'libs/contracts': ['libs/model'],
  'libs/oci': ['libs/model', 'libs/contracts'],
  'libs/postgres': ['libs/model', 'libs/contracts'],
  'libs/bus': ['libs/model', 'libs/contracts'],
  'libs/service-kit': [...DOMAIN, 'libs/contracts'],
  'libs/testing': [],
  'apps/indexer': LIBS,
  'apps/matcher': LIBS,
  'apps/updater': LIBS,
  'apps/notifier': LIBS,
  'apps/clair': [...LIBS, ...APPS],
  'apps/clairctl': [...LIBS, ...APPS, 'apps/clair'],
};

/** Of these arrows only the types: the importing package says nothing on the wire. */
export const TYPES_ONLY: readonly { readonly from: string; readonly to: string }[] = [
  { from: 'libs/oci', to: 'libs/contracts' },
  { from: 'libs/postgres', to: 'libs/contracts' },
];

/** npm packages that domain code may use, and why each does no I/O and knows no clock. */
export const PURE_PARSERS: Readonly<Record<string, string>> = {
  saxes: 'a streaming XML parser: text goes in, events come out; resolves no entity but the five of XML',
  fflate: 'inflates what is in memory, into a buffer of a given size: bytes in, bytes out',
  'smol-toml': 'parses TOML: text in, values out',
  yaml: 'parses YAML: text in, values out; the number of aliases it follows is bounded by the caller',
  'packageurl-js': 'parses and writes package URLs: text in, fields out',
};

/** Globals by which code would read a clock, a die, the environment, or do I/O; see also {@link FORBIDDEN_MEMBERS}. */
export const FORBIDDEN_GLOBALS: readonly string[] = [
  'process',
  'fetch',
  'console',
  'performance',
  'crypto',
  'Buffer',
  'require',
  'globalThis',
  'global',
  'eval',
  'Function',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'WebSocket',
  'EventSource',
  'navigator',
  'Temporal',
];

export const FORBIDDEN_MEMBERS: readonly { readonly object: string; readonly property: string }[] = [
  { object: 'Date', property: 'now' },
  { object: 'Math', property: 'random' },
];
