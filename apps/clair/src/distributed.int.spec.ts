import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY_ROOT } from '@clair/testing';
import {
  createTestDatabase,
  describeWithNats,
  type NatsServer,
  startNatsServer,
  type TestDatabase,
} from '@clair/testing/services';
import { connect, type NatsConnection } from 'nats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Answer, type Call, call, notifiedBy, runFeed } from '../test-support/api-call.ts';
import { type ClairSystem, startSystem } from '../test-support/clair-system.ts';
import { eventually } from '../test-support/eventually.ts';
import { type HeldFiles, serveHeldFiles } from '../test-support/held-files.ts';
import { debianImage, manifestOf, publish } from '../test-support/images.ts';
import { receiveWebhooks, type WebhookReceiver } from '../test-support/webhook-receiver.ts';

const FEED = '/tracker/data/json';
const exampleFeed = (name: string) => readFileSync(join(REPOSITORY_ROOT, 'examples', 'feeds', 'debian-tracker', name));
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** What differs between two runs and nothing else: uuids, times of day, and the port in a callback. */
function normalised({ body, ...answer }: Answer): Answer {
  const text = body
    .replaceAll(UUID, '<uuid>')
    .replaceAll(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z/g, '<time>')
    .replaceAll(/"age_seconds":\d+/g, '"age_seconds":<n>');
  const etag = answer.etag?.replaceAll(UUID, '<uuid>');
  return { ...answer, etag, body: text };
}

/** The tag of a v2 report changes with the time at which its feeds were fetched, which its body says. */
function withoutEtag(answer: Answer): Answer {
  return { ...answer, etag: undefined };
}

const INDEX = '/indexer/api/v1/index_report';
const REPORT = '/matcher/api/v1/vulnerability_report';
const OPERATIONS = '/matcher/api/v1/internal/update_operation';

describeWithNats('four processes and one', () => {
  const image = debianImage('compared');
  const other = debianImage('compared too');
  const { digest } = image.manifest;
  let nats: NatsServer;
  let files: HeldFiles;
  let subscriber: NatsConnection;
  const databases: TestDatabase[] = [];
  const hooks: WebhookReceiver[] = [];
  const systems: ClairSystem[] = [];
  const subjects: string[] = [];

  beforeAll(async () => {
    [nats, files] = await Promise.all([startNatsServer(), serveHeldFiles()]);
    publish(image, files);
    publish(other, files);
    files.put(FEED, exampleFeed('before.json'));
    for (const url of [nats.url, undefined]) {
      const [database, hook] = await Promise.all([createTestDatabase(), receiveWebhooks()]);
      databases.push(database);
      hooks.push(hook);
      systems.push(
        await startSystem({
          connstring: database.connstring,
          nats: url,
          feedUrl: `${files.url}${FEED}`,
          webhookUrl: `${hook.url}/hook`,
        }),
      );
    }
    subscriber = await connect({ servers: nats.url });
    subscriber.subscribe('clair.v1.>', { callback: (_error, message) => void subjects.push(message.subject) });
    await subscriber.flush();
  });

  afterAll(async () => {
    await subscriber?.close();
    await Promise.all(systems.map((system) => system.stop()));
    await Promise.all([...databases.map((one) => one.drop()), ...hooks.map((one) => one.close()), files?.close()]);
    await nats?.remove();
  });

  /** The answer of both, after it was seen to be the same. */
  async function same(
    request: Call | ((system: ClairSystem) => Promise<Call>),
    comparable = (answer: Answer): Answer => answer,
  ): Promise<Answer> {
    const [distributed, combo] = await Promise.all(
      systems.map(async (system) =>
        comparable(normalised(await call(system, typeof request === 'function' ? await request(system) : request))),
      ),
    );
    expect(distributed).toEqual(combo);
    if (combo === undefined) throw new Error('there are two systems');
    return combo;
  }

  it('refuse the same bad input with the same words', async () => {
    const layer = (hash: string) => ({ hash, uri: `${files.url}/${hash}`, headers: {} });
    const cases: readonly (readonly [Call, number])[] = [
      [{ method: 'POST', path: INDEX, body: '{"hash":' }, 400],
      [{ method: 'POST', path: INDEX, body: { hash: 'md5:00', layers: [] } }, 400],
      [{ method: 'POST', path: INDEX, body: { hash: digest, layers: [] } }, 400],
      [{ method: 'POST', path: INDEX, body: { hash: digest, layers: [layer('sha256:no')] } }, 400],
      [{ path: `${INDEX}/${digest}` }, 404],
      [{ path: `${INDEX}/nonsense` }, 400],
      [{ path: `${REPORT}/nonsense` }, 400],
      [{ path: '/matcher/api/v1/internal/update_diff' }, 400],
      [{ path: `${OPERATIONS}?kind=none` }, 400],
      [{ method: 'DELETE', path: INDEX, body: '{"not":"a list"}' }, 400],
      [{ path: '/indexer/api/v1/nowhere' }, 404],
      [{ path: '/notifier/api/v1/notification/nonsense' }, 400],
      [{ method: 'POST', path: '/indexer/api/v1/internal/affected_manifest/', body: '[]' }, 400],
    ];
    for (const [request, status] of cases) {
      const answer = await same(request);
      expect([request.path, answer.status]).toEqual([request.path, status]);
      expect(JSON.parse(answer.body)).toMatchObject({ code: expect.any(String), message: expect.any(String) });
    }
  });

  it('say that nothing is loaded yet, then index, report and revalidate alike', async () => {
    const indexed = await same({ method: 'POST', path: INDEX, body: manifestOf(image, files) });
    expect(indexed.status).toBe(201);
    const etag = { 'if-none-match': indexed.etag ?? '' };
    expect((await same({ method: 'POST', path: INDEX, body: manifestOf(image, files), headers: etag })).status).toBe(
      412,
    );
    expect((await same({ method: 'POST', path: INDEX, body: manifestOf(other, files) })).status).toBe(201);
    expect((await same({ path: `${INDEX}/${digest}`, headers: etag })).status).toBe(304);
    expect(Object.keys(JSON.parse((await same({ path: `${INDEX}/${digest}` })).body).packages)).toHaveLength(4);
    expect((await same({ path: '/indexer/api/v1/index_state' })).status).toBe(200);
    expect((await same({ path: `${REPORT}/${digest}` })).status).toBe(202);

    expect(await Promise.all(systems.map(runFeed))).toEqual(['changed', 'changed']);
    const report = await same({ path: `${REPORT}/${digest}` });
    expect(report.status).toBe(200);
    expect(Object.keys(JSON.parse(report.body).vulnerabilities).length).toBeGreaterThan(0);
    expect((await same({ path: `${REPORT}/${digest}`, headers: { 'if-none-match': report.etag ?? '' } })).status).toBe(
      304,
    );
    const v2 = await same({ path: `/matcher/api/v2/vulnerability_report/${digest}` }, withoutEtag);
    expect(v2.status).toBe(200);
    expect((await same({ path: `${REPORT}/sha256:${'0'.repeat(64)}` })).status).toBe(404);
    expect((await same({ path: OPERATIONS })).status).toBe(200);
    expect(await Promise.all(systems.map(runFeed))).toEqual(['unchanged', 'unchanged']);
  });

  it('tell of a changed feed once, by webhook and over NATS', async () => {
    expect(hooks.map(({ received }) => received)).toEqual([[], []]);
    files.put(FEED, exampleFeed('after.json'));
    expect(await Promise.all(systems.map(runFeed))).toEqual(['changed', 'changed']);
    for (const hook of hooks) await eventually('a webhook', () => hook.accepted.length > 0);
    await eventually('the event', () => subjects.includes('clair.v1.notification.created'));
    const pages = await Promise.all(hooks.map((hook) => notifiedBy(hook.received[0]?.callback ?? '')));
    const expected = [image, other].map(({ manifest }) => `${manifest.digest} CVE-2024-2961 added`).sort();
    expect(pages).toEqual([expected, expected]);
    // Two manifests and two changes of the feed, of which the first load notifies nobody.
    expect(subjects.toSorted()).toEqual([
      'clair.v1.advisories.changed',
      'clair.v1.advisories.changed',
      'clair.v1.manifest.indexed',
      'clair.v1.manifest.indexed',
      'clair.v1.notification.created',
    ]);
    const path = (system: ClairSystem) => new URL(hooks[systems.indexOf(system)]?.received[0]?.callback ?? '').pathname;
    // Both manifests have the same packages, so which of them comes first hangs on random ids.
    const first = await same(async (system) => ({ path: `${path(system)}?page_size=100` }));
    expect(JSON.parse(first.body).notifications).toHaveLength(2);
    expect((await same(async (system) => ({ method: 'DELETE', path: path(system) }))).status).toBe(200);
    expect(JSON.parse((await same(async (system) => ({ path: path(system) }))).body).notifications).toEqual([]);
  });

  it('answer the same about operations, affected manifests and deletions', async () => {
    const diff = await same(async (system) => {
      const { body } = await call(system, { path: OPERATIONS });
      const [newest, before] = (Object.values(JSON.parse(body)) as { ref: string }[][])[0] ?? []; // Safety: Clair's shape.
      return { path: `/matcher/api/v1/internal/update_diff?cur=${newest?.ref}&prev=${before?.ref}` };
    });
    const added: { name: string; distribution: { version_id: string } }[] = JSON.parse(diff.body).added;
    expect(new Set(added.map(({ name }) => name))).toEqual(new Set(['CVE-2024-2961']));
    const vulnerability = added.find(({ distribution }) => distribution.version_id === '12');
    const path = '/indexer/api/v1/internal/affected_manifest/';
    const affected = await same({ method: 'POST', path, body: { vulnerabilities: [{ ...vulnerability, id: '1' }] } });
    expect(affected.status).toBe(200);
    expect(Object.keys(JSON.parse(affected.body).vulnerable_manifests).sort()).toEqual(
      [image, other].map(({ manifest }) => manifest.digest).sort(),
    );
    const deleted = await same({ method: 'DELETE', path: INDEX, body: [digest, `sha256:${'1'.repeat(64)}`] });
    expect(JSON.parse(deleted.body)).toEqual([digest]);
    expect((await same({ path: `${INDEX}/${digest}` })).status).toBe(404);
    expect((await same({ method: 'DELETE', path: `${INDEX}/${other.manifest.digest}` })).status).toBe(204);
  });
});
