import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger, readConfig } from '@clair/service-kit';
import { buildImage, buildLayer, REPOSITORY_ROOT, type Registry, serveRegistry } from '@clair/testing';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FeedSite, serveFeedSite } from './distributions/testing/feed-site.ts';
import { launch, type Running } from './launch.ts';

// The description of the API has to be true: every route is asked for each of its answers that are no error, and for some that are.

const UNKNOWN = '00000000-0000-4000-8000-000000000000';
const NOWHERE = '127.0.0.1:0';
const REPORTS = '/indexer/api/v1/index_report';
const AFFECTED = '/indexer/api/v1/internal/affected_manifest';
const OPERATIONS = '/matcher/api/v1/internal/update_operation';
const DIFF = '/matcher/api/v1/internal/update_diff';
const REPORT_V1 = '/matcher/api/v1/vulnerability_report/{digest}';
const REPORT_V2 = '/matcher/api/v2/vulnerability_report/{digest}';
const SBOM = '/matcher/api/v2/sbom_report';
const RUN = '/updater/api/v2/feeds/run';
const SET = '/notifier/api/v1/notification/{id}';
const SUBSCRIPTIONS = '/notifier/api/v2/subscriptions';
const DELIVERIES = '/notifier/api/v2/deliveries';

/** They want a delivery to a subscription; the notifier's own specs make some. */
const ASKED_ELSEWHERE = [`POST ${DELIVERIES}/{id}/replay 202`, `GET ${DELIVERIES}/{id}/notifications 200`];

interface Operation {
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: object }>>;
}

interface Ask {
  /** In the place of the path's parameter. */
  readonly of?: string;
  readonly query?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const image = buildImage([buildLayer([{ path: 'etc/os-release', content: 'ID=debian\nVERSION_ID="12"\n' }])]);
const { digest } = image.manifest;
const asked = new Set<string>();
let database: TestDatabase;
let registry: Registry;
let site: FeedSite;
let clair: Running;
let described: ReadonlyMap<string, Operation['responses']>;

beforeAll(async () => {
  [database, site] = await Promise.all([createTestDatabase(), serveFeedSite()]);
  registry = await serveRegistry({ images: { 'app:1': image } });
  site.put('/json', readFileSync(join(REPOSITORY_ROOT, 'examples/feeds/debian-tracker/before.json')));
  const own = { connstring: database.connstring, migrations: true };
  const text = JSON.stringify({
    http_listen_addr: NOWHERE,
    introspection_addr: NOWHERE,
    grpc: { listen_addr: NOWHERE },
    indexer: { ...own, insecure_registries: [registry.host] },
    matcher: own,
    updater: { ...own, schedule: false },
    updaters: { sets: ['debian'], config: { debian: { json_url: `${site.url}/json` } } },
    notifier: {
      ...own,
      allow_private_targets: true,
      signing_keys: [Buffer.from('a key for tests').toString('base64')],
    },
  });
  const reading = readConfig([{ name: 'test.json', text }], { mode: 'combo' });
  if (!reading.ok) throw new Error(JSON.stringify(reading.error));
  const log = createLogger({ level: 'fatal', name: 'test' });
  clair = await launch({ config: reading.value.config, mode: 'combo', log });
  // Safety: what OpenAPI says that `paths` is.
  const { paths } = (await (await fetch(urlOf('/openapi/v1'))).json()) as {
    paths: Record<string, Record<string, Operation>>;
  };
  described = new Map(
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { responses }]) => [`${method.toUpperCase()} ${path}`, responses]),
    ),
  );
});

afterAll(async () => {
  await clair?.stop();
  await Promise.all([registry?.close(), site?.close()]);
  await database?.drop();
});

const urlOf = (path: string) => `http://127.0.0.1:${clair.httpPort}${path}`;

/** Asks, compares the status with the one wanted and with the description, and resolves to the answer. */
async function ask(wanted: number, route: string, { of = '', query = '', body, headers = {} }: Ask = {}) {
  const [method = '', template = ''] = route.split(' ');
  const path = template.replace(/\{\w+\}/, of);
  const payload = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await fetch(urlOf(`${path}${query}`), { method, headers, ...payload });
  const text = await answer.text();
  expect([route, answer.status, text]).toEqual([route, wanted, expect.anything()]);
  const known = described.get(route)?.[String(wanted)];
  expect([route, wanted, known]).toEqual([route, wanted, expect.anything()]);
  expect([route, wanted, known?.content !== undefined]).toEqual([route, wanted, text !== '']);
  asked.add(`${route} ${wanted}`);
  return { json: text === '' ? undefined : JSON.parse(text), etag: answer.headers.get('etag') ?? '' };
}

async function askIndexer() {
  const layers = image.layers.map((layer) => ({ hash: layer.digest, uri: registry.blobUrl(layer.digest) }));
  const manifest = { hash: digest, layers };
  const { etag } = await ask(201, `POST ${REPORTS}`, { body: manifest });
  const had = { headers: { 'if-none-match': etag } };
  await ask(412, `POST ${REPORTS}`, { body: manifest, ...had });
  await ask(202, `POST ${REPORTS}`, { body: manifest, headers: { prefer: 'respond-async' } });
  await ask(400, `POST ${REPORTS}`, { body: {} });
  await ask(200, `GET ${REPORTS}/{digest}`, { of: digest });
  await ask(304, `GET ${REPORTS}/{digest}`, { of: digest, ...had });
  await ask(404, `GET ${REPORTS}/{digest}`, { of: `sha256:${'0'.repeat(64)}` });
  await ask(415, `GET ${REPORTS}/{digest}`, { of: digest, headers: { accept: 'text/html' } });
  await ask(200, 'GET /indexer/api/v1/index_state');
  await ask(304, 'GET /indexer/api/v1/index_state', had);
  for (const path of [AFFECTED, `${AFFECTED}/`]) await ask(200, `POST ${path}`, { body: { vulnerabilities: [] } });
  await ask(201, 'POST /indexer/api/v2/index_report', { body: { image: `${registry.host}/app:1` } });
  await ask(422, 'POST /indexer/api/v2/index_report', { body: { image: `${registry.host}/app:2` } });
}

async function askMatcherAndUpdater() {
  const sbom = { bomFormat: 'CycloneDX', specVersion: '1.6', components: [] };
  for (const route of [REPORT_V1, REPORT_V2]) await ask(202, `GET ${route}`, { of: digest });
  await ask(202, `POST ${SBOM}`, { body: sbom });
  await ask(200, `POST ${RUN}`);
  await ask(400, `POST ${RUN}`, { body: { feeds: ['nonesuch'] } });
  await ask(200, 'GET /updater/api/v2/feeds');
  await ask(200, 'GET /matcher/api/v2/feeds');
  for (const route of [REPORT_V1, REPORT_V2]) {
    const { etag } = await ask(200, `GET ${route}`, { of: digest });
    await ask(304, `GET ${route}`, { of: digest, headers: { 'if-none-match': etag } });
    await ask(400, `GET ${route}`, { of: 'x' });
  }
  await ask(200, `POST ${SBOM}`, { body: sbom });
  await ask(400, `POST ${SBOM}`, { body: {} });
  const { json, etag } = await ask(200, `GET ${OPERATIONS}`);
  await ask(304, `GET ${OPERATIONS}`, { headers: { 'if-none-match': etag } });
  await ask(200, `GET ${DIFF}`, { query: `?cur=${json.debian[0].ref}` });
  await ask(404, `GET ${DIFF}`, { query: `?cur=${UNKNOWN}` });
  await ask(200, `DELETE ${OPERATIONS}/{ref}`, { of: UNKNOWN });
}

async function askNotifier() {
  await ask(200, `GET ${SET}`, { of: UNKNOWN });
  await ask(200, `DELETE ${SET}`, { of: UNKNOWN });
  await ask(400, `DELETE ${SET}`, { of: 'x' });
  const wanted = { name: 'team', target: { webhook: { url: 'http://10.0.0.1/' } } };
  const { json } = await ask(201, `POST ${SUBSCRIPTIONS}`, { body: wanted });
  const one = { of: json.subscription.id };
  await ask(409, `POST ${SUBSCRIPTIONS}`, { body: wanted });
  await ask(400, `POST ${SUBSCRIPTIONS}`, { body: {} });
  await ask(200, `GET ${SUBSCRIPTIONS}`);
  await ask(200, `GET ${SUBSCRIPTIONS}/{id}`, one);
  await ask(200, `PUT ${SUBSCRIPTIONS}/{id}`, { ...one, body: wanted });
  await ask(200, `POST ${SUBSCRIPTIONS}/{id}/rotate_secret`, one);
  await ask(204, `DELETE ${SUBSCRIPTIONS}/{id}`, one);
  await ask(404, `GET ${SUBSCRIPTIONS}/{id}`, one);
  await ask(404, `POST ${SUBSCRIPTIONS}/{id}/rotate_secret`, one);
  await ask(200, `GET ${DELIVERIES}`);
  await ask(400, `GET ${DELIVERIES}`, { query: '?state=lost' });
  await ask(404, `POST ${DELIVERIES}/{id}/replay`, { of: UNKNOWN });
  await ask(404, `GET ${DELIVERIES}/{id}/notifications`, { of: UNKNOWN });
}

const isError = (status: string) => Number(status) >= 400 && status !== '412';

it('says of every route what it answers, and nothing else that is no error', async () => {
  await askIndexer();
  await askMatcherAndUpdater();
  await askNotifier();
  for (const service of ['indexer', 'matcher', 'updater', 'notifier'])
    await ask(200, `GET /${service}/api/v2/database`);
  await ask(200, `DELETE ${REPORTS}`, { body: [digest] });
  await ask(204, `DELETE ${REPORTS}/{digest}`, { of: digest });

  const answers = [...described].flatMap(([route, responses]) =>
    Object.entries(responses).map(([status, { description }]) => ({ route, status, description })),
  );
  const promised = answers.filter(({ status }) => !isError(status)).map(({ route, status }) => `${route} ${status}`);
  const kept = [...asked].filter((answer) => !isError(answer.slice(-3)));
  expect([...kept, ...ASKED_ELSEWHERE].sort()).toEqual(promised.sort());
  expect(answers.filter(({ description }) => description === 'Default Response')).toEqual([]);
  for (const route of described.keys())
    expect([route, described.get(route)?.['503']]).toEqual([route, expect.anything()]);
});
