import { buildLayer } from '@clair/testing';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { type HeldLayer, holdLayer } from './testing/held-layer.ts';
import { type ClairManifest, clairManifest } from './testing/sample-images.ts';
import { REPORTS, startTestIndexer, type TestAnswer, type TestIndexer } from './testing/test-indexer.ts';

let own: TestDatabase;
let indexer: TestIndexer;
let replica: TestIndexer;
let layer: HeldLayer;
let sent: ClairManifest;

beforeAll(async () => {
  own = await createTestDatabase();
  indexer = await startTestIndexer({ connstring: own.connstring });
  replica = await startTestIndexer({ connstring: own.connstring });
});

afterAll(async () => {
  await indexer?.close();
  await replica?.close();
  await own?.drop();
});

beforeEach(async ({ task }) => {
  layer = await holdLayer(buildLayer([{ path: 'srv/x', content: task.name }]));
  sent = clairManifest(task.name, [layer.digest], layer);
});

afterEach(() => layer.close());

const get = () => replica.get(`${REPORTS}/${sent.hash}`);
const remove = () => replica.server.inject({ method: 'DELETE', url: `${REPORTS}/${sent.hash}` });

async function events(): Promise<string[]> {
  const query = `select subject from indexer.outbox where body->'data'->>'manifest' = $1 order by seq`;
  const rows = await indexer.db.query<{ subject: string }>(query, [sent.hash]);
  return rows.map(({ subject }) => subject);
}

function expectDeleted(answer: TestAnswer): void {
  const message = expect.stringMatching(/was deleted while it was being indexed/);
  expect([answer.statusCode, answer.json()]).toEqual([409, { code: 'conflict', message }]);
}

it('a manifest that is deleted while another replica indexes it stays deleted, and its sender is told', async () => {
  const posted = indexer.post(sent);
  await layer.asked();
  expect((await remove()).statusCode).toBe(204);
  layer.letGo();
  expectDeleted(await posted);
  expect((await get()).statusCode).toBe(404);
  expect(await events()).toEqual(['clair.v1.manifest.deleted']);
  expect((await indexer.post(sent)).statusCode).toBe(201);
  expect((await get()).json()).toMatchObject({ state: 'IndexFinished' });
});

it('also when it is one of many, and nobody waits for it', async () => {
  expect((await indexer.post(sent, { prefer: 'respond-async' })).statusCode).toBe(202);
  await layer.asked();
  const answer = await replica.server.inject({ method: 'DELETE', url: REPORTS, payload: JSON.stringify([sent.hash]) });
  expect(answer.json()).toEqual([sent.hash]);
  layer.letGo();
  await vi.waitFor(async () => expect(await indexer.db.query('select 1 from indexer.lease')).toEqual([]));
  expect((await get()).statusCode).toBe(404);
});

it('who sends it again after the deletion gets the report', async () => {
  const before = indexer.post(sent);
  await layer.asked();
  await remove();
  const after = replica.post(sent);
  await vi.waitFor(async () => expect((await get()).statusCode).toBe(200));
  layer.letGo();
  expectDeleted(await before);
  expect((await after).statusCode).toBe(201);
  expect((await get()).json()).toMatchObject({ state: 'IndexFinished' });
});

it('a refusal does not bring it back', async () => {
  const posted = indexer.post(sent);
  await layer.asked();
  await remove();
  layer.letGo(404);
  expect((await posted).statusCode).toBe(422);
  expect((await get()).statusCode).toBe(404);
});

it('a report of older scanners that is deleted while it is made again does not come back', async () => {
  layer.letGo();
  expect((await indexer.post(sent)).statusCode).toBe(201);
  await indexer.db.execute(`update indexer.manifest set index_state = 'old' where digest = $1`, [sent.hash]);
  await indexer.db.execute(`update indexer.layer_scan set index_state = 'old'`);
  layer.hold();
  const posted = indexer.post(sent);
  await layer.asked();
  expect((await get()).json()).toMatchObject({ state: 'IndexFinished' });
  await remove();
  layer.letGo();
  expectDeleted(await posted);
  expect((await get()).statusCode).toBe(404);
});
