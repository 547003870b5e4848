import { gzipSync } from 'node:zlib';
import { buildLayer, buildTar, compressLayer, type Layer, type Registry, serveRegistry } from '@clair/testing';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clairManifest, debianLayer, dpkgStanza, dpkgStatus, OS_RELEASE } from './testing/sample-images.ts';
import { REPORTS, startTestIndexer, type TestIndexer } from './testing/test-indexer.ts';

const MIB = 1024 * 1024;
const METADATA = 'http://169.254.169.254/latest/meta-data/';
const GOOD = debianLayer(dpkgStanza('openssl', '3.0.11-1'));
const filler = (name: string) => buildLayer([{ path: name, content: name }]);
const BAD = {
  missing: filler('missing'),
  hanging: filler('hanging'),
  wrong: filler('wrong'),
  cut: filler('cut'),
  redirected: filler('redirected'),
  metadata: filler('metadata'),
  noTar: compressLayer(Buffer.from(`<!DOCTYPE html>${'x'.repeat(2000)}`), 'gzip'),
  bomb: compressLayer(buildTar([{ path: 'zeros', content: Buffer.alloc(80 * MIB) }]), 'gzip'),
  manyEntries: buildLayer(Array.from({ length: 60 }, (_, i) => ({ path: `f${i}`, content: '' }))),
  large: compressLayer(buildTar([{ path: 'noise', content: noise(300_000) }]), 'none'),
  cutTar: compressLayer(
    new Uint8Array(gzipSync(buildTar([{ path: 'a', content: 'x'.repeat(5000) }]).slice(0, 2000))),
    'none',
  ),
} satisfies Record<string, Layer>;

let own: TestDatabase;
let indexer: TestIndexer;
let registry: Registry;

beforeAll(async () => {
  own = await createTestDatabase();
  const { missing: _, ...served } = BAD;
  registry = await serveRegistry({
    blobs: [GOOD, ...Object.values(served)],
    faults: {
      [BAD.hanging.digest]: { kind: 'hang' },
      [BAD.wrong.digest]: { kind: 'wrong-bytes' },
      [BAD.redirected.digest]: { kind: 'redirect', location: METADATA },
    },
  });
  const limits = { timeout: '2s', idle_timeout: '300ms', entries: 50, blob_bytes: 200_000, ratio: 100 };
  indexer = await startTestIndexer({ connstring: own.connstring, indexer: { limits } });
});

afterAll(async () => {
  await indexer?.close();
  await registry?.close();
  await own?.drop();
});

/** Bytes that do not compress, and are the same every time. */
function noise(bytes: number): Buffer {
  return Buffer.from(Array.from({ length: bytes }, (_, at) => (at * at * 31 + (at >> 3)) & 0xff));
}

it.each<[keyof typeof BAD, number, RegExp]>([
  ['missing', 422, /404/],
  ['hanging', 422, /no.*arrived|nothing arrived/],
  ['wrong', 400, /digest/],
  ['noTar', 400, /tar header/],
  ['bomb', 400, /100 times: a decompression bomb/],
  ['manyEntries', 400, /more than 50 entries/],
  ['large', 400, /more than the limit of 200000|larger than 200000/],
  ['redirected', 400, /169\.254\.169\.254.*never reached/],
  ['metadata', 400, /169\.254\.169\.254.*never reached/],
  ['cutTar', 400, /middle of an entry/],
])('a layer that is %s is refused, and costs nothing else', async (name, status, message) => {
  const layer = BAD[name];
  const blobUrl = (digest: string) => (digest === BAD.metadata.digest ? METADATA : registry.blobUrl(digest));
  const sent = clairManifest(`bad ${name}`, [GOOD.digest, layer.digest], { blobUrl });
  const answer = await indexer.post(sent);
  const body = answer.json();
  expect([answer.statusCode, Object.keys(body)]).toEqual([status, ['code', 'message']]);
  expect(body.message).toMatch(message);
  // Which layer it is, once.
  expect(body.message.split(`layer ${layer.digest}: `)).toEqual(['', expect.any(String)]);

  const stored = await indexer.get(`${REPORTS}/${sent.hash}`);
  expect(stored.statusCode).toBe(200);
  expect(stored.json()).toMatchObject({ state: 'IndexError', success: false, err: body.message, packages: {} });
  const scans = await indexer.db.query('select 1 from indexer.layer where digest = $1', [layer.digest]);
  expect(scans).toEqual([]);
  expect(await indexer.db.query('select 1 from indexer.lease')).toEqual([]);

  const good = await indexer.post(clairManifest(`good after ${name}`, [GOOD.digest], registry));
  expect([good.statusCode, good.json().state]).toEqual([201, 'IndexFinished']);
});

it('a connection that its registry cuts half way is not the fault of whoever sent the manifest', async () => {
  const patient = await startTestIndexer({ connstring: own.connstring, indexer: { limits: { timeout: '2s' } } });
  registry.setFault(BAD.cut.digest, { kind: 'truncate', bytes: 50 });
  try {
    const answer = await patient.post(clairManifest('cut on the way', [BAD.cut.digest], registry));
    expect([answer.statusCode, answer.json()]).toEqual([
      422,
      { code: 'failed-precondition', message: expect.stringMatching(/the connection broke after 50 bytes/) },
    ]);
  } finally {
    registry.setFault(BAD.cut.digest, undefined);
    await patient.close();
  }
});

it('an error is mended by the next good attempt', async () => {
  const sent = clairManifest('mended', [GOOD.digest, BAD.cut.digest], registry);
  registry.setFault(BAD.cut.digest, { kind: 'status', status: 404 });
  expect((await indexer.post(sent)).statusCode).toBe(422);
  registry.setFault(BAD.cut.digest, undefined);
  expect((await indexer.post(sent)).statusCode).toBe(201);
  expect((await indexer.get(`${REPORTS}/${sent.hash}`)).json()).toMatchObject({ state: 'IndexFinished', err: '' });
});

it.each([
  ['a cut status file', dpkgStanza('whole', '1-1').concat('\nPackage: torn\nStatus: install ok inst'), ['whole']],
  ['U+0000 in a name and a version', `${dpkgStanza('whole', '1-1')}\n${dpkgStanza('a\u0000b', '1\u00002')}`, ['whole']],
])('%s costs that record, and is in the report', async (what, status, names) => {
  const layer = buildLayer([{ path: 'etc/os-release', content: OS_RELEASE }, dpkgStatus(status)]);
  const place = await serveRegistry({ blobs: [layer] });
  try {
    const sent = clairManifest(what, [layer.digest], place);
    expect((await indexer.post(sent)).statusCode).toBe(201);
    const { report } = await indexer.client.getIndexReport({ hash: sent.hash });
    expect(report?.packages.map((one) => one.package?.name)).toEqual(expect.arrayContaining(names));
    expect(report?.problems).toContainEqual(
      expect.objectContaining({ path: 'var/lib/dpkg/status', kind: 'malformed' }),
    );
  } finally {
    await place.close();
  }
});

it('a file that is too large and entries that have no place are in the report', async () => {
  const layer = buildLayer([
    { path: 'etc/os-release', content: OS_RELEASE },
    dpkgStatus(dpkgStanza('large', '1-1').concat('x'.repeat(4096))),
    ...Array.from({ length: 60 }, (_, i) => ({ path: `../out${i}`, content: '' })),
  ]);
  const place = await serveRegistry({ blobs: [layer] });
  const narrow = await startTestIndexer({ connstring: own.connstring, indexer: { limits: { file_bytes: 2048 } } });
  try {
    const sent = clairManifest('limits of files', [layer.digest], place);
    expect((await narrow.post(sent)).statusCode).toBe(201);
    const { report } = await narrow.client.getIndexReport({ hash: sent.hash });
    const problems = report?.problems ?? [];
    expect(problems).toContainEqual(expect.objectContaining({ path: 'var/lib/dpkg/status', kind: 'limit' }));
    expect(problems.filter(({ scanner }) => scanner === 'tar')).toHaveLength(51);
    expect(problems).toContainEqual(expect.objectContaining({ reason: '10 more entries have no place in an image' }));
  } finally {
    await narrow.close();
    await place.close();
  }
});

it('in an air gap, a public address is refused and a private one is not', async () => {
  const gapped = await startTestIndexer({ connstring: own.connstring, indexer: { airgap: true } });
  try {
    const layer = filler('air gap');
    const sent = clairManifest('public', [layer.digest], { blobUrl: () => 'http://93.184.215.14/blob' });
    const refused = await gapped.post(sent);
    expect([refused.statusCode, refused.json().message]).toEqual([400, expect.stringMatching(/public address/)]);
    expect((await gapped.post(clairManifest('loopback', [GOOD.digest], registry))).statusCode).toBe(201);
  } finally {
    await gapped.close();
  }
});

it('an empty blob is a layer without files', async () => {
  const empty = compressLayer(Buffer.alloc(0), 'none');
  const place = await serveRegistry({ blobs: [empty] });
  try {
    const answer = await indexer.post(clairManifest('empty', [empty.digest], place));
    expect([answer.statusCode, answer.json()]).toEqual([
      201,
      expect.objectContaining({ success: true, packages: {}, distributions: {} }),
    ]);
  } finally {
    await place.close();
  }
});

it('a layer that is listed 500 times, in a manifest with a sha512 digest, is read once', async () => {
  const digests = Array.from({ length: 500 }, () => GOOD.digest);
  const hash = `sha512:${'ab'.repeat(64)}`;
  const answer = await indexer.post({ ...clairManifest('often', digests, registry), hash });
  expect([answer.statusCode, answer.json().manifest_hash]).toEqual([201, hash]);
  expect(Object.keys(answer.json().packages)).toHaveLength(1);
  expect((await indexer.get(`${REPORTS}/${hash}`)).json().state).toBe('IndexFinished');
});
