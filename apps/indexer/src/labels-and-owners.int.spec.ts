import { affectedToWire } from '@clair/contracts';
import type { Affected } from '@clair/model';
import { buildLayer, type Registry, serveRegistry, type TarEntry } from '@clair/testing';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clairManifest, dpkgStanza, dpkgStatus, OS_RELEASE } from './testing/sample-images.ts';
import { startTestIndexer, type TestIndexer } from './testing/test-indexer.ts';

const FOLDER = 'usr/lib/python3/dist-packages/urllib3-1.26.12.egg-info';
const METADATA: TarEntry = {
  path: `${FOLDER}/PKG-INFO`,
  content: 'Metadata-Version: 2.1\nName: urllib3\nVersion: 1.26.12\n',
};
const DEBIAN: readonly TarEntry[] = [
  { path: 'etc/os-release', content: OS_RELEASE },
  dpkgStatus(dpkgStanza('python3-urllib3', '1.26.12-1', 'python-urllib3')),
];
const LIST: TarEntry = {
  path: 'var/lib/dpkg/info/python3-urllib3.list',
  content: `/.\n/${FOLDER}\n/${FOLDER}/PKG-INFO\n`,
};
const NUGET: TarEntry = {
  path: 'app/a.deps.json',
  content: JSON.stringify({ libraries: { 'Newtonsoft.Json/12.0.3': { type: 'package', serviceable: true } } }),
};
const NPM = 'usr/lib/node_modules/npm';
const TAR = `${NPM}/node_modules/tar`;
const packageJson = (folder: string, name: string): TarEntry => ({
  path: `${folder}/package.json`,
  content: JSON.stringify({ name, version: '10.8.0' }),
});
const ALPINE: readonly TarEntry[] = [
  { path: 'etc/os-release', content: 'ID=alpine\nVERSION_ID=3.20.1\n' },
  {
    path: 'lib/apk/db/installed',
    content: `P:npm\nV:10.8.0-r0\nA:noarch\no:npm\nF:${NPM}\nR:package.json\nF:${TAR}\nR:package.json\n\n`,
  },
  packageJson(NPM, 'npm'),
  packageJson(TAR, 'tar'),
];
/**
 * Debian's own, and the same in an image that the distribution did not install it in; npm as Alpine's own, and beside it one that
 * somebody brought.
 */
const LAYERS = {
  owned: buildLayer([...DEBIAN, LIST, METADATA]),
  loose: buildLayer([...DEBIAN, METADATA, NUGET]),
  alpine: buildLayer([...ALPINE, packageJson('opt/node_modules/npm', 'npm')]),
};
type ImageName = keyof typeof LAYERS;

let own: TestDatabase;
let indexer: TestIndexer;
let registry: Registry;

beforeEach(async () => {
  own = await createTestDatabase();
  indexer = await startTestIndexer({ connstring: own.connstring });
  registry = await serveRegistry({ blobs: Object.values(LAYERS) });
});

afterEach(async () => {
  await indexer?.close();
  await registry?.close();
  await own?.drop();
});

const sent = (name: ImageName, labels?: object) => ({
  ...clairManifest(name, [LAYERS[name].digest], registry),
  ...(labels !== undefined && { labels }),
});

const row = (namespace: string, name: string, scheme: string): Affected => ({
  namespace,
  package: name,
  packageKind: 'binary',
  scheme,
  range: { fixed: '99' },
  status: 'affected',
  fixState: 'fixed',
  arches: [],
  module: '',
  cpe: '',
  bulletin: '',
  severity: '',
  normalizedSeverity: 'High',
});

/** `name of the manifest: labels`, sorted. */
async function holders(affected: Affected, coveredNamespaces: readonly string[] = []): Promise<string[]> {
  async function* questions() {
    yield { ref: 1, affected: affectedToWire(affected), coveredNamespaces };
  }
  const names = new Map((['owned', 'loose', 'alpine'] as const).map((name) => [sent(name).hash, name]));
  const found: string[] = [];
  for await (const { end, manifestHash, labels } of indexer.client.findAffectedManifests(questions())) {
    const words = labels.map(({ name, values }) => `${name}=${values.join('|')}`);
    if (!end) found.push([`${names.get(manifestHash)}:`, ...words].join(' '));
  }
  return found.sort();
}

describe('labels', () => {
  const NEWTONSOFT = row('NuGet', 'newtonsoft.json', 'nuget');

  it('are told with the manifest, all that were ever given, each once', async () => {
    for (const labels of [{ repository: 'r/app', tag: 'v2' }, { tag: 'v1' }, { tag: 'v2' }, undefined]) {
      expect((await indexer.post(sent('loose', labels))).statusCode).toBe(201);
    }
    expect(await holders(NEWTONSOFT)).toEqual(['loose: repository=r/app tag=v1|v2']);
  });

  it('are taken from a client that has the report already', async () => {
    const first = await indexer.post(sent('loose'));
    const again = await indexer.post(sent('loose', { team: 'a' }), { 'if-none-match': String(first.headers.etag) });
    expect(again.statusCode).toBe(412);
    expect(await holders(NEWTONSOFT)).toEqual(['loose: team=a']);
  });

  it.each([
    [{ 'no name!': 'x' }, 'is no name'],
    [{ team: '' }, 'labels.team'],
    [{ team: 'a\u0000b' }, 'labels.team'],
    [{ team: 'x'.repeat(257) }, 'labels.team'],
    [Object.fromEntries(Array.from({ length: 33 }, (_, n) => [`l${n}`, 'x'])), 'more than 32'],
    [{ team: 7 }, 'labels'],
  ])('%j is refused, with the name', async (labels, message) => {
    const answer = await indexer.post(sent('loose', labels));
    expect([answer.statusCode, answer.json().message]).toEqual([400, expect.stringContaining(message)]);
  });

  it('are kept up to a number of values', async () => {
    for (let n = 0; n < 105; n += 1) await indexer.post(sent('loose', { tag: `v${String(n).padStart(3, '0')}` }));
    const [found = ''] = await holders(NEWTONSOFT);
    expect(found.split('|')).toHaveLength(100);
  });
});

describe('a package of a language', () => {
  const URLLIB3 = row('PyPI', 'urllib3', 'pep440');

  it('that the distribution installed is left to its vendor, where one has been asked', async () => {
    for (const name of ['owned', 'loose'] as const) expect((await indexer.post(sent(name))).statusCode).toBe(201);
    expect(await holders(URLLIB3)).toEqual(['loose:', 'owned:']);
    expect(await holders(URLLIB3, ['debian:11'])).toEqual(['loose:', 'owned:']);
    expect(await holders(URLLIB3, ['debian:11', 'debian:12'])).toEqual(['loose:']);
  });

  it('is not left to a package of a language that bears the name of its owner', async () => {
    expect((await indexer.post(sent('alpine'))).statusCode).toBe(201);
    const tar = row('npm', 'tar', 'semver');
    expect(await holders(tar, ['npm'])).toEqual(['alpine:']);
    expect(await holders(tar, ['npm', 'alpine:v3.20'])).toEqual([]);
  });

  it('is found by the name that its ecosystem looks it up by', async () => {
    await indexer.post(sent('loose'));
    expect(await holders(row('NuGet', 'newtonsoft.json', 'nuget'))).toEqual(['loose:']);
    expect(await holders(row('NuGet', 'newtonsoft', 'nuget'))).toEqual([]);
  });
});
