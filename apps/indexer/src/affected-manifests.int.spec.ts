import { affectedToWire } from '@clair/contracts';
import type { Affected } from '@clair/model';
import { buildLayer, type Registry, serveRegistry } from '@clair/testing';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clairManifest, debianLayer, dpkgStanza } from './testing/sample-images.ts';
import { startTestIndexer, type TestIndexer } from './testing/test-indexer.ts';

/** 1,000 characters of three bytes each: more than an index entry of PostgreSQL can hold. */
const LONG_NAME = Array.from({ length: 1000 }, (_, at) =>
  String.fromCodePoint(0x4e00 + ((at * at * 7919 + at * 31) % 20_000)),
).join('');
const OLD = debianLayer(dpkgStanza('libssl3', '3.0.9-1', 'openssl'), dpkgStanza('zlib1g', '1:1.2.13', 'zlib'));
const NEW = debianLayer(dpkgStanza('libssl3', '3.0.12-1', 'openssl'), dpkgStanza(LONG_NAME, '1-1'));
/** Other bytes, the same packages as {@link OLD}. */
const OLD_TWIN = debianLayer(dpkgStanza('zlib1g', '1:1.2.13', 'zlib'), dpkgStanza('libssl3', '3.0.9-1', 'openssl'));

let own: TestDatabase;
let indexer: TestIndexer;
let registry: Registry;
const hashes: Record<string, string> = {};

beforeAll(async () => {
  own = await createTestDatabase();
  indexer = await startTestIndexer({ connstring: own.connstring });
  registry = await serveRegistry({ blobs: [OLD, NEW, OLD_TWIN] });
  for (const [name, layer] of Object.entries({ old: OLD, new: NEW, twin: OLD_TWIN })) {
    const sent = clairManifest(name, [layer.digest], registry);
    hashes[name] = sent.hash;
    expect((await indexer.post(sent)).statusCode).toBe(201);
  }
});

afterAll(async () => {
  await indexer?.close();
  await registry?.close();
  await own?.drop();
});

function affected(fields: Partial<Affected> = {}): Affected {
  return {
    namespace: 'debian:12',
    package: 'openssl',
    packageKind: 'source',
    scheme: 'dpkg',
    range: { fixed: '3.0.11-1' },
    status: 'affected',
    fixState: 'fixed',
    arches: [],
    module: '',
    cpe: '',
    bulletin: '',
    severity: '',
    normalizedSeverity: 'High',
    ...fields,
  };
}

async function ask(rows: readonly Affected[]) {
  async function* questions() {
    for (const [ref, row] of rows.entries()) yield { ref, affected: affectedToWire(row) };
  }
  const answers: string[] = [];
  const ends: number[] = [];
  const names = new Map(Object.entries(hashes).map(([name, hash]) => [hash, name]));
  for await (const answer of indexer.client.findAffectedManifests(questions())) {
    if (answer.end) ends.push(answer.ref);
    else {
      expect(ends).not.toContain(answer.ref);
      answers.push(`${answer.ref} ${names.get(answer.manifestHash)} ${answer.package?.name} ${answer.verdict}`);
    }
  }
  return { answers: answers.sort(), ends };
}

describe('findAffectedManifests', () => {
  it('shares the inventory of two images with the same packages', async () => {
    expect(await indexer.db.query('select count(*)::int as inventories from indexer.inventory')).toEqual([
      { inventories: 2 },
    ]);
  });

  it.each<[string, Partial<Affected>, string[]]>([
    ['by source', {}, ['0 old libssl3 affected', '0 twin libssl3 affected']],
    [
      'by source without a fix',
      { range: {}, fixState: 'unknown' },
      ['0 new libssl3 affected', '0 old libssl3 affected', '0 twin libssl3 affected'],
    ],
    ['by binary', { package: 'libssl3', packageKind: 'binary' }, ['0 old libssl3 affected', '0 twin libssl3 affected']],
    ['a source asked for as a binary', { packageKind: 'binary' }, []],
    ['a binary asked for as a source', { package: 'libssl3' }, []],
    ['another release', { namespace: 'debian:11' }, []],
    ['fixed before all', { range: { fixed: '1' } }, []],
    [
      'what cannot be decided is kept',
      { range: { fixed: 'not a version' } },
      ['0 new libssl3 undecidable', '0 old libssl3 undecidable', '0 twin libssl3 undecidable'],
    ],
    [
      'a long name',
      { package: LONG_NAME, packageKind: 'binary', range: { fixed: '2' } },
      [`0 new ${LONG_NAME} affected`],
    ],
    ['a name that PostgreSQL cannot store', { package: 'a\u0000b' }, []],
  ])('%s', async (_, fields, answers) => {
    expect(await ask([affected(fields)])).toEqual({ answers, ends: [0] });
  });

  it('ends each of more rows than a batch', async () => {
    const rows = Array.from({ length: 1201 }, (_, ref) => affected(ref === 1100 ? {} : { package: `p${ref}` }));
    const { answers, ends } = await ask(rows);
    expect(answers).toEqual(['1100 old libssl3 affected', '1100 twin libssl3 affected']);
    expect(ends).toEqual([...rows.keys()]);
  });

  it('refuses what is no row', async () => {
    async function* questions() {
      yield { ref: 7 };
    }
    const ended = (async () => {
      for await (const _ of indexer.client.findAffectedManifests(questions()));
    })();
    await expect(ended).rejects.toThrow('ref 7: no affected row');
  });
});

describe('POST v1 affected_manifest', () => {
  const post = (payload: unknown, headers = {}, url = '/indexer/api/v1/internal/affected_manifest/') =>
    indexer.server.inject({
      method: 'POST',
      url,
      payload: JSON.stringify(payload),
      headers,
    });
  const vulnerability = (id: string, severity: string, fields: object = {}) => ({
    id,
    normalized_severity: severity,
    fixed_in_version: '3.0.11-1',
    package: { name: 'openssl', kind: 'source' },
    distribution: { did: 'debian', version_id: '12' },
    ...fields,
  });

  it('lists the manifests, the gravest vulnerability first', async () => {
    const vulnerabilities = [
      vulnerability('1', 'Low'),
      vulnerability('2', 'Critical'),
      vulnerability('3', 'High', { package: { name: 'nothing', kind: 'source' } }),
    ];
    const answer = await post({ vulnerabilities });
    expect(answer.headers['content-type']).toBe('application/vnd.clair.affected_manifests.v1+json');
    expect(answer.json()).toEqual({
      vulnerabilities: Object.fromEntries(vulnerabilities.map((one) => [one.id, one])),
      vulnerable_manifests: { [hashes.old ?? '']: ['2', '1'], [hashes.twin ?? '']: ['2', '1'] },
    });
    const withoutSlash = await post({ vulnerabilities }, {}, '/indexer/api/v1/internal/affected_manifest');
    expect(withoutSlash.json()).toEqual(answer.json());
  });

  it('takes a language by its repository, and nothing by a repository that nobody knows', async () => {
    const layer = buildLayer([
      { path: 'app/node_modules/axios/package.json', content: '{"name":"axios","version":"0.21.0"}' },
    ]);
    const own = await serveRegistry({ blobs: [layer] });
    const sent = clairManifest('language', [layer.digest], own);
    expect((await indexer.post(sent)).statusCode).toBe(201);
    await own.close();
    const named = (id: string, name: string, fixed: string) =>
      vulnerability(id, 'High', {
        fixed_in_version: fixed,
        package: { name: 'axios', kind: 'binary' },
        distribution: { did: '' },
        repository: { name },
      });
    const vulnerabilities = [
      named('1', 'npm', '0.21.1'),
      named('2', 'npm', '0.20.0'),
      named('3', 'pypi', '0.21.1'),
      named('4', 'nobody', '0.21.1'),
      vulnerability('5', 'Low', { distribution: { did: 'nobody' } }),
    ];
    const answer = await post({ vulnerabilities });
    expect([answer.statusCode, answer.json().vulnerable_manifests]).toEqual([200, { [sent.hash]: ['1'] }]);
  });

  it('refuses what is none', async () => {
    for (const payload of [[], {}, { vulnerabilities: [{ id: '1' }] }]) {
      expect((await post(payload)).json()).toMatchObject({ code: 'bad-request' });
    }
    expect((await post({ vulnerabilities: [] }, { accept: 'text/html' })).statusCode).toBe(415);
    const nul = await post({ vulnerabilities: [vulnerability('1', 'Low', { package: { name: 'a\u0000' } })] });
    expect([nul.statusCode, nul.json().vulnerable_manifests]).toEqual([200, {}]);
  });
});

it('a deletion takes the manifest out of the answers, and of its twin nothing', async () => {
  await indexer.client.deleteManifests({ hashes: [hashes.old ?? ''] });
  expect((await ask([affected()])).answers).toEqual(['0 twin libssl3 affected']);
  await indexer.client.deleteManifests({ hashes: [hashes.twin ?? ''] });
  expect((await ask([affected()])).answers).toEqual([]);
});
