import { setTimeout as sleep } from 'node:timers/promises';
import { buildLayer } from '@clair/testing';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type HeldLayer, holdLayer } from './testing/held-layer.ts';
import { clairManifest } from './testing/sample-images.ts';
import { REPORTS, startTestIndexer, type TestIndexer } from './testing/test-indexer.ts';

const INTERRUPTED = { state: 'IndexError', success: false, err: expect.stringMatching(/^interrupted.*send.*again/) };

let own: TestDatabase;
let indexer: TestIndexer;
let layer: HeldLayer;

beforeEach(async () => {
  own = await createTestDatabase();
  layer = await holdLayer(buildLayer([{ path: 'srv/x', content: 'x' }]));
  indexer = await startTestIndexer({ connstring: own.connstring, layerLeaseMs: 1000 });
});

afterEach(async () => {
  await indexer?.close();
  await layer?.close();
  await own?.drop();
});

const digestOf = (letter: string) => `sha256:${letter.repeat(64)}`;
const shown = async (digest: string) => (await indexer.get(`${REPORTS}/${digest}`)).json();
const inProgress = (digest: string) =>
  indexer.db.execute(`insert into indexer.manifest (digest, state, index_state) values ($1, 'FetchLayers', 's')`, [
    digest,
  ]);
const leaseOf = (digest: string, expires: string) =>
  indexer.db.execute(
    `insert into indexer.lease values ('manifest:' || $1 || ':1', 'x', gen_random_uuid(), now(), now() + $2::interval)`,
    [digest, expires],
  );

it('what nobody works on is told as interrupted as soon as it is read, and what somebody does is not', async () => {
  const [worked, expired, none] = [digestOf('a'), digestOf('b'), digestOf('c')];
  await leaseOf(worked, '1 minute');
  await leaseOf(expired, '-1 second');
  for (const digest of [worked, expired, none]) await inProgress(digest);
  expect(await shown(worked)).toMatchObject({ state: 'FetchLayers', err: '' });
  for (const digest of [expired, none]) expect(await shown(digest)).toMatchObject(INTERRUPTED);
  const { report } = await indexer.client.getIndexReport({ hash: expired });
  expect(report).toMatchObject({ state: 'IndexError' });
  expect(await indexer.client.getInventoryHash({ hash: expired })).toMatchObject({ state: 'IndexError' });
  expect(await indexer.client.getInventoryHash({ hash: worked })).toMatchObject({ state: 'FetchLayers' });
});

it('a start records it, and leaves alone what another replica works on', async () => {
  await leaseOf(digestOf('a'), '1 minute');
  await leaseOf(digestOf('b'), '-1 second');
  for (const letter of ['a', 'b']) await inProgress(digestOf(letter));
  await indexer.db.execute(`insert into indexer.layer (digest) values ('stray')`);
  const next = await startTestIndexer({ connstring: own.connstring });
  try {
    const rows = await next.db.query('select digest, state from indexer.manifest order by digest');
    expect(rows).toEqual([
      { digest: digestOf('a'), state: 'FetchLayers' },
      { digest: digestOf('b'), state: 'IndexError' },
    ]);
    expect(await next.db.query('select name from indexer.lease')).toEqual([{ name: `manifest:${digestOf('a')}:1` }]);
    expect(await next.db.query('select 1 from indexer.layer')).toEqual([]);
  } finally {
    await next.close();
  }
});

it('work that outlasts its lease is never called abandoned', async () => {
  const sent = clairManifest('long', [layer.digest], layer);
  expect((await indexer.post(sent, { prefer: 'respond-async' })).statusCode).toBe(202);
  const endMs = performance.now() + 5000;
  const states = new Set<string>();
  while (performance.now() < endMs) {
    states.add((await shown(sent.hash)).state);
    await sleep(20);
  }
  expect(states).toEqual(new Set(['FetchLayers']));
});

it('a client that leaves does not make the work of another for the same manifest look interrupted', async () => {
  const sent = clairManifest('twice', [layer.digest], layer);
  const request = { hash: sent.hash, layers: sent.layers.map((one) => ({ ...one, headers: [] })) };
  const leaving = new AbortController();
  const first = indexer.client.indexManifest(request, { signal: leaving.signal }).catch(() => 'left');
  await vi.waitFor(async () => expect(await shown(sent.hash)).toMatchObject({ state: 'FetchLayers' }));
  expect((await indexer.post(sent, { prefer: 'respond-async' })).statusCode).toBe(202);
  leaving.abort();
  expect(await first).toBe('left');
  expect(await shown(sent.hash)).toMatchObject({ state: 'FetchLayers', err: '' });
  layer.letGo();
});

it('work whose lease is lost ends, is told as interrupted, and can be sent again', async () => {
  const sent = clairManifest('lost', [layer.digest], layer);
  const posted = indexer.post(sent);
  await vi.waitFor(async () => expect(await shown(sent.hash)).toMatchObject({ state: 'FetchLayers' }));
  await indexer.db.execute(`delete from indexer.lease where name like 'manifest:%'`);
  const answer = await posted;
  expect([answer.statusCode, answer.json()]).toEqual([
    503,
    { code: 'unavailable', message: expect.stringMatching(/interrupted.*again/) },
  ]);
  expect(await shown(sent.hash)).toMatchObject(INTERRUPTED);
  layer.letGo();
  expect((await indexer.post(sent)).statusCode).toBe(201);
});
