import { setTimeout as sleep } from 'node:timers/promises';
import { type Layer, type Registry, serveRegistry } from '@clair/testing';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { clairManifest, debianLayer, dpkgStanza } from './testing/sample-images.ts';
import { startTestIndexer, type TestIndexer } from './testing/test-indexer.ts';

const LAYERS = ['a', 'b', 'c'].map((name) => debianLayer(dpkgStanza(name, '1-1')));
const DIGESTS = LAYERS.map(({ digest }) => digest);
const [FIRST] = LAYERS;
const AUTHORIZATION = 'Bearer good';

let own: TestDatabase;
let indexers: TestIndexer[];
let registries: Registry[];

beforeEach(async () => {
  own = await createTestDatabase();
  registries = [];
  indexers = [await startTestIndexer({ connstring: own.connstring })];
  indexers.push(await startTestIndexer({ connstring: own.connstring }));
});

afterEach(async () => {
  for (const indexer of indexers) await indexer.close();
  for (const registry of registries) await registry.close();
  await own.drop();
});

async function serve(layers: readonly Layer[], authorization?: string): Promise<Registry> {
  const registry = await serveRegistry({ blobs: layers, ...(authorization !== undefined && { authorization }) });
  registries.push(registry);
  return registry;
}

it('requests at once, in one process and in two, fetch each layer once', async () => {
  const registry = await serve(LAYERS);
  const sends = Array.from({ length: 16 }, (_, i) => {
    const digests = i % 2 === 0 ? DIGESTS : DIGESTS.toReversed();
    return indexers[i % 2]?.post(clairManifest(`image ${i % 8}`, digests, registry));
  });
  const answers = await Promise.all(sends);
  expect(answers.map((answer) => answer?.statusCode)).toEqual(Array(16).fill(201));
  expect(registry.requests.toSorted()).toEqual(DIGESTS.map((digest) => `GET /v2/test/blobs/${digest}`).toSorted());
  const [db] = indexers.map((indexer) => indexer.db);
  const counts = await db?.query(`select (select count(*)::int from indexer.layer_scan) scans,
    (select count(*)::int from indexer.manifest) manifests, (select count(*)::int from indexer.lease) leases,
    (select count(*)::int from indexer.outbox) events`);
  expect(counts).toEqual([{ scans: 3, manifests: 8, leases: 0, events: 8 }]);
});

it.each([
  ['one process', 0],
  ['two', 1],
])('who has no right to a layer does not spoil it for who has, in %s', async (_, second) => {
  const registry = await serve(LAYERS, AUTHORIZATION);
  const send = (name: string, indexer: number, authorization?: string) =>
    indexers[indexer]?.post(
      clairManifest(name, DIGESTS, {
        blobUrl: registry.blobUrl,
        ...(authorization !== undefined && { authorization }),
      }),
    );
  const without = send('without', 0);
  const answers = await Promise.all([
    without,
    send('with', second, AUTHORIZATION),
    send('wrong', second, 'Bearer bad'),
  ]);
  expect(answers[1]?.statusCode).toBe(201);
  // Either was refused, or came when the others had read the layers.
  for (const one of [answers[0], answers[2]]) expect([201, 422]).toContain(one?.statusCode);
  expect((await send('refused on its own', 0))?.statusCode).toBe(201);
});

it('alone, who has no right is refused with advice', async () => {
  const registry = await serve(LAYERS, AUTHORIZATION);
  const answer = await indexers[0]?.post(clairManifest('without', DIGESTS, registry));
  expect([answer?.statusCode, answer?.json().message]).toEqual([422, expect.stringMatching(/401: credentials/)]);
});

it('who waits for a registry that hangs for another leaves when its client does', async () => {
  const registry = await serve(LAYERS);
  registry.setFault(FIRST?.digest ?? '', { kind: 'hang' });
  const [one] = indexers;
  const [first, second] = [new AbortController(), new AbortController()];
  const send = (name: string, { signal }: AbortController) => {
    const { hash, layers } = clairManifest(name, DIGESTS.slice(0, 1), registry);
    const request = { hash, layers: layers.map((layer) => ({ ...layer, headers: [] })) };
    return one?.client.indexManifest(request, { signal }).then(
      () => 'indexed',
      () => 'ended',
    );
  };
  const leading = send('leading', first);
  await sleep(200);
  const waiting = send('waiting', second);
  await sleep(200);
  second.abort();
  expect(await waiting).toBe('ended');
  const third = send('third', new AbortController());
  registry.setFault(FIRST?.digest ?? '', undefined);
  first.abort();
  expect([await leading, await third]).toEqual(['ended', 'indexed']);
});
