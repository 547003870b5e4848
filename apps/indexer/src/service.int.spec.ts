import { buildLayer, type Registry, serveRegistry, sha256Digest } from '@clair/testing';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { clairManifest, debianLayer, dpkgStanza } from './testing/sample-images.ts';
import { REPORTS, startTestIndexer, type TestIndexer } from './testing/test-indexer.ts';

const BASE = debianLayer(dpkgStanza('libc6', '2.36-9', 'glibc'), dpkgStanza('openssl', '3.0.11-1'));
const EXTRA = buildLayer([{ path: 'usr/share/doc/readme', content: 'x' }]);
const HANGING = buildLayer([{ path: 'hangs', content: 'x' }]);
const UNKNOWN = sha256Digest('nobody has sent this');

let own: TestDatabase;
let indexer: TestIndexer;
let registry: Registry;
const manifest = (name: string, digests = [BASE.digest, EXTRA.digest]) => clairManifest(name, digests, registry);

beforeAll(async () => {
  own = await createTestDatabase();
  registry = await serveRegistry({
    blobs: [BASE, EXTRA, HANGING],
    faults: { [HANGING.digest]: { kind: 'hang' } },
  });
  indexer = await startTestIndexer({ connstring: own.connstring, indexer: { index_report_request_concurrency: 2 } });
});

afterAll(async () => {
  await indexer?.close();
  await registry?.close();
  await own?.drop();
});

describe('POST v1 index_report', () => {
  it('answers 201 with the headers of Clair', async () => {
    const sent = manifest('headers');
    const answer = await indexer.post(sent);
    expect(answer.statusCode).toBe(201);
    const state = (await indexer.get('/indexer/api/v1/index_state')).json().state;
    expect(state).toMatch(/^[0-9a-f]{32}$/);
    expect(answer.headers).toMatchObject({
      etag: `"${state}"`,
      location: `${REPORTS}/${sent.hash}`,
      link: [
        `<${REPORTS}/${sent.hash}>; rel="https://projectquay.io/clair/v1/index_report"`,
        `</matcher/api/v1/vulnerability_report/${sent.hash}>; rel="https://projectquay.io/clair/v1/vulnerability_report"`,
      ],
    });
    const got = await indexer.get(`${REPORTS}/${sent.hash}`);
    expect([got.statusCode, got.body, got.headers.etag]).toEqual([200, answer.body, `"${state}"`]);
    expect(got.headers['content-type']).toBe('application/vnd.clair.index_report.v1+json');
  });

  it('has exactly the shape of Clair', async () => {
    const answer = await indexer.post(manifest('golden'));
    await expect(`${JSON.stringify(answer.json(), undefined, 2)}\n`).toMatchFileSnapshot(
      './index-report-v1.golden.json',
    );
  });

  it('answers 412 to a client that knows the state, once the body was read', async () => {
    const { etag } = (await indexer.get('/indexer/api/v1/index_state')).headers;
    const unseen = manifest('unseen');
    expect((await indexer.post(unseen, { 'if-none-match': String(etag) })).statusCode).toBe(412);
    expect((await indexer.get(`${REPORTS}/${unseen.hash}`)).statusCode).toBe(404);
    expect((await indexer.post({ layers: 1 }, { 'if-none-match': String(etag) })).statusCode).toBe(400);
    expect((await indexer.post(unseen, { 'if-none-match': '"another"' })).statusCode).toBe(201);
  });

  it.each([
    ['no JSON', '{"hash":'],
    ['no object', '[]'],
    ['no hash', '{"layers":[]}'],
    ['no layers', `{"hash":"${UNKNOWN}"}`],
    ['null layers', `{"hash":"${UNKNOWN}","layers":null}`],
    ['layers that are no list', `{"hash":"${UNKNOWN}","layers":{}}`],
    ['an unknown algorithm', `{"hash":"md5:00","layers":[{"hash":"md5:00","uri":"http://x/"}]}`],
    [
      'headers that are no lists',
      `{"hash":"${UNKNOWN}","layers":[{"hash":"${UNKNOWN}","uri":"http://x/","headers":{"a":"b"}}]}`,
    ],
    ['a file URL', `{"hash":"${UNKNOWN}","layers":[{"hash":"${UNKNOWN}","uri":"file:///etc/passwd"}]}`],
  ])('answers 400 to %s', async (_, payload) => {
    const answer = await indexer.server.inject({ method: 'POST', url: REPORTS, payload });
    expect([answer.statusCode, answer.json()]).toEqual([400, { code: 'bad-request', message: expect.any(String) }]);
    expect((await indexer.get(`${REPORTS}/${UNKNOWN}`)).statusCode).toBe(404);
  });

  it('answers 202 when asked to, and the report is there later', async () => {
    const sent = manifest('later');
    const answer = await indexer.post(sent, { prefer: 'wait=1, respond-async' });
    expect([answer.statusCode, answer.headers.location]).toEqual([202, `${REPORTS}/${sent.hash}`]);
    expect(answer.headers['preference-applied']).toBe('respond-async');
    expect((await indexer.get(`${REPORTS}/${sent.hash}`)).statusCode).toBe(200);
    await vi.waitFor(async () => {
      expect((await indexer.get(`${REPORTS}/${sent.hash}`)).json()).toMatchObject({ state: 'IndexFinished' });
    });
  });

  it('answers 429 beyond the limit, shows what runs, and says what was interrupted', async () => {
    const second = await startTestIndexer({
      connstring: own.connstring,
      indexer: { index_report_request_concurrency: 2 },
    });
    const hanging = ['first', 'second'].map((name) => manifest(name, [HANGING.digest]));
    for (const one of hanging) expect((await second.post(one, { prefer: 'respond-async' })).statusCode).toBe(202);
    const refused = await second.post(manifest('third'));
    expect([refused.statusCode, refused.json().code]).toEqual([429, 'too-many-requests']);
    expect((await second.post(manifest('third'), { prefer: 'respond-async' })).statusCode).toBe(429);
    const [first] = hanging;
    const shown = await second.get(`${REPORTS}/${first?.hash}`);
    expect(shown.json()).toMatchObject({ state: 'FetchLayers', success: false });
    await second.close();
    const after = await indexer.get(`${REPORTS}/${first?.hash}`);
    expect(after.json()).toMatchObject({
      state: 'IndexError',
      err: expect.stringContaining('send the manifest again'),
    });
    expect((await indexer.post(manifest('third'))).statusCode).toBe(201);
  });

  it('ends with its client, whose place is free then', async () => {
    const controller = new AbortController();
    const sent = manifest('gone', [HANGING.digest]);
    const address = await indexer.server.listen({ host: '127.0.0.1', port: 0 });
    const pending = fetch(address + REPORTS, {
      method: 'POST',
      body: JSON.stringify(sent),
      signal: controller.signal,
    }).catch(() => 'gone');
    await vi.waitFor(async () => {
      expect((await indexer.get(`${REPORTS}/${sent.hash}`)).json()).toMatchObject({ state: 'FetchLayers' });
    });
    controller.abort();
    expect(await pending).toBe('gone');
    await vi.waitFor(async () => {
      expect((await indexer.get(`${REPORTS}/${sent.hash}`)).json()).toMatchObject({ state: 'IndexError' });
    });
  });

  it('twice leaves the same rows and fetches nothing again', async () => {
    const sent = manifest('twice');
    const body = (await indexer.post(sent)).body;
    const rows = async () =>
      indexer.db.query(`select (select count(*) from indexer.manifest) m, (select count(*) from indexer.manifest_layer) ml,
        (select count(*) from indexer.layer_scan) s, (select count(*) from indexer.inventory) i,
        (select count(*) from indexer.package) p, (select count(*) from indexer.outbox) o, (select max(seq) from indexer.outbox) q`);
    const before = await rows();
    const requests = registry.requests.length;
    const again = await indexer.post(sent);
    expect([again.statusCode, again.body]).toEqual([201, body]);
    expect(await rows()).toEqual(before);
    expect(registry.requests).toHaveLength(requests);
  });
});

describe('GET v1 index_report', () => {
  it('answers 304 to who has the report of this state, 404 for the unknown, 415 and 400', async () => {
    const sent = manifest('conditional');
    const etag = String((await indexer.post(sent)).headers.etag);
    const url = `${REPORTS}/${sent.hash}`;
    const unchanged = await indexer.get(url, { 'if-none-match': etag });
    expect([unchanged.statusCode, unchanged.body, unchanged.headers.etag]).toEqual([304, '', etag]);
    expect((await indexer.get(url, { 'if-none-match': '"other"' })).statusCode).toBe(200);
    expect((await indexer.get('/indexer/api/v1/index_state', { 'if-none-match': etag })).statusCode).toBe(304);
    const unknown = await indexer.get(`${REPORTS}/${UNKNOWN}`);
    expect([unknown.statusCode, unknown.json().code]).toEqual([404, 'not-found']);
    expect((await indexer.get(url, { accept: 'text/html' })).statusCode).toBe(415);
    expect((await indexer.get('/indexer/api/v1/index_state', { accept: 'text/html' })).statusCode).toBe(415);
    expect((await indexer.get(`${REPORTS}/latest`)).json().code).toBe('bad-request');
    expect((await indexer.get(url, { accept: 'application/json' })).headers['content-type']).toContain(
      'application/json',
    );
  });
});

describe('DELETE v1 index_report', () => {
  const remove = (url: string, payload?: string) =>
    indexer.server.inject({ method: 'DELETE', url, ...(payload !== undefined && { payload }) });

  it('answers 204, also for the unknown', async () => {
    const { hash } = manifest('deleted');
    await indexer.post(manifest('deleted'));
    for (let again = 0; again < 2; again += 1) {
      expect((await remove(`${REPORTS}/${hash}`)).statusCode).toBe(204);
      expect((await indexer.get(`${REPORTS}/${hash}`)).statusCode).toBe(404);
    }
    expect((await remove(`${REPORTS}/latest`)).statusCode).toBe(400);
  });

  it('of many answers with those that were there', async () => {
    const sent = [manifest('bulk-1'), manifest('bulk-2')];
    for (const one of sent) await indexer.post(one);
    const hashes = sent.map(({ hash }) => hash).sort();
    const answer = await remove(REPORTS, JSON.stringify([...hashes, UNKNOWN, hashes[0]]));
    expect([answer.statusCode, answer.json()]).toEqual([200, hashes]);
    expect((await remove(REPORTS, JSON.stringify(hashes))).json()).toEqual([]);
    for (const payload of ['{}', '[1]', '["latest"]', '[']) {
      const refused = await remove(REPORTS, payload);
      expect([refused.statusCode, refused.json().code]).toEqual([400, 'bad-request']);
    }
  });
});

it('announces a manifest that comes, goes and comes back as four facts', async () => {
  const sent = manifest('announced');
  for (let round = 0; round < 2; round += 1) {
    await indexer.post(sent);
    await indexer.client.deleteManifests({ hashes: [sent.hash] });
  }
  const events = await indexer.db.query<{ id: string; subject: string }>(
    `select id, subject from indexer.outbox where body->'data'->>'manifest' = $1 order by seq`,
    [sent.hash],
  );
  const [comes, goes] = ['clair.v1.manifest.indexed', 'clair.v1.manifest.deleted'];
  expect(events.map(({ subject }) => subject)).toEqual([comes, goes, comes, goes]);
  expect(new Set(events.map(({ id }) => id)).size).toBe(4);
});

it('makes the report of other scanners again', async () => {
  const sent = manifest('other scanners');
  const good = await indexer.post(sent);
  await indexer.db.execute(`update indexer.manifest set index_state = 'old' where digest = $1`, [sent.hash]);
  await indexer.db.execute(`update indexer.layer_scan set index_state = 'old', scanned_at = now() - interval '2 days'`);
  const stale = await indexer.get(`${REPORTS}/${sent.hash}`, { 'if-none-match': String(good.headers.etag) });
  expect([stale.statusCode, stale.headers.etag === good.headers.etag]).toEqual([200, false]);
  const requests = registry.requests.length;
  const again = await indexer.post(sent);
  expect([again.statusCode, again.body]).toEqual([201, good.body]);
  expect(registry.requests).toHaveLength(requests + 2);
  const states = await indexer.db.query(
    `select distinct index_state from indexer.layer_scan where index_state = 'old'`,
  );
  expect(states).toEqual([]);
  expect(
    (await indexer.get(`${REPORTS}/${sent.hash}`, { 'if-none-match': String(good.headers.etag) })).statusCode,
  ).toBe(304);
});
