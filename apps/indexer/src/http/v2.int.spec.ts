import { buildImage, type Image, type Registry, serveRegistry } from '@clair/testing';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { debianLayer, dpkgStanza } from '../testing/sample-images.ts';
import { startTestIndexer, type TestIndexer } from '../testing/test-indexer.ts';

let own: TestDatabase;
let indexer: TestIndexer;
let registry: Registry;
let image: Image;

beforeAll(async () => {
  own = await createTestDatabase();
  image = buildImage([debianLayer(dpkgStanza('openssl', '3.0.11-1'))]);
  const authorization = `Basic ${Buffer.from('user:pass').toString('base64')}`;
  registry = await serveRegistry({ images: { 'app:1': image }, authorization });
  indexer = await startTestIndexer({
    connstring: own.connstring,
    indexer: { insecure_registries: [registry.host] },
  });
});

afterAll(async () => {
  await indexer?.close();
  await registry?.close();
  await own?.drop();
});

const post = (payload: unknown) =>
  indexer.server.inject({
    method: 'POST',
    url: '/indexer/api/v2/index_report',
    payload: JSON.stringify(payload),
    headers: { 'content-type': 'application/json' },
  });

it('indexes an image by reference, with credentials', async () => {
  const credentials = { username: 'user', password: 'pass' };
  const answer = await post({ image: `${registry.host}/app:1`, credentials });
  expect([answer.statusCode, answer.json().manifest_hash]).toEqual([201, image.manifest.digest]);
  expect(Object.keys(answer.json().packages)).not.toEqual([]);
});

it.each([
  ['no credentials', () => ({ image: `${registry.host}/app:1` }), 422],
  [
    'an unknown tag',
    () => ({ image: `${registry.host}/app:2`, credentials: { username: 'user', password: 'pass' } }),
    422,
  ],
  ['a metadata address', () => ({ image: '169.254.169.254/app:1' }), 422],
  ['a directory', () => ({ image: 'dir:/etc' }), 400],
  ['no reference', () => ({ image: 'UPPER CASE' }), 400],
  ['a bad platform', () => ({ image: `${registry.host}/app:1`, platform: '/' }), 400],
  ['an unknown field', () => ({ image: `${registry.host}/app:1`, tag: '1' }), 400],
])('refuses %s', async (_, payload, status) => {
  const answer = await post(payload());
  expect([answer.statusCode, Object.keys(answer.json())]).toEqual([status, ['code', 'message']]);
});

it('names the key that allows this machine itself', async () => {
  const closed = await startTestIndexer({ connstring: own.connstring, indexer: { allow_loopback: false } });
  const hash = `sha256:${'0'.repeat(64)}`;
  const answer = await closed.post({ hash, layers: [{ hash, uri: registry.blobUrl(hash) }] });
  await closed.close();
  expect([answer.statusCode, answer.json().message]).toEqual([400, expect.stringContaining('indexer.allow_loopback')]);
});
