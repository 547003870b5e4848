import type { Database } from '@clair/postgres';
import { createHttpServer, createLogger, createMetrics, type HttpServer } from '@clair/service-kit';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { NotifierService } from '../service.ts';
import { collectSets } from '../store/collect.ts';
import { moveProgress } from '../store/progress.ts';
import { eventually } from '../testing/eventually.ts';
import { openNotifierDatabase } from '../testing/notifier-database.ts';
import { storedState } from '../testing/stored-state.ts';
import { testConfig, testService } from '../testing/test-service.ts';
import { debianPackage, digestOf, vulnerability, type World } from '../testing/world.ts';

const log = createLogger({ level: 'fatal', name: 'test' });

/** Two advisories that concern two manifests: a set of four. */
function fourChanges(): World {
  return {
    operations: [
      { id: 1, feed: 'debian', firstLoad: true },
      { id: 2, feed: 'debian', firstLoad: false },
    ],
    rows: ['CVE-1', 'CVE-2'].map((name) => ({ from: 2, vulnerability: vulnerability({ name }) })),
    manifests: { [digestOf('a')]: [debianPackage('openssl', '2')], [digestOf('b')]: [debianPackage('openssl', '1')] },
  };
}

let own: TestDatabase;
let db: Database;
let service: NotifierService;
let server: HttpServer;

beforeEach(async () => {
  own = await createTestDatabase();
  db = await openNotifierDatabase(own.connstring);
  await moveProgress(db, undefined, 1);
  const world = fourChanges();
  service = testService({ db, world: () => world, notifier: { disable_summary: true } });
  await service.start();
  await eventually('event said', async () =>
    (await storedState(db)).deliveries.some((one) => one.endsWith('delivered')),
  );
  server = await createHttpServer({ config: testConfig({}), log, metrics: createMetrics({ processMetrics: false }) });
  service.registerHttp(server);
});

afterEach(async () => {
  await server.close();
  await service.stop();
  await db.close();
  await own.drop();
});

const setId = async () => (await storedState(db)).sets[0]?.split(' ')[0] ?? '';
const get = (url: string, headers: Record<string, string> = {}) => server.inject({ url, headers });
const page = async (id: string, query: string) => (await get(`/notifier/api/v1/notification/${id}?${query}`)).json();

it('pages through a set, in Clair’s shape', async () => {
  const id = await setId();
  const first = await page(id, 'page_size=3');
  expect(first.page).toEqual({ size: 3, next: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  expect(first.notifications).toHaveLength(3);
  const second = await page(id, `page_size=3&next=${first.page.next}`);
  expect(second.page).toEqual({ size: 3 });
  const ids = [...first.notifications, ...second.notifications].map((one: { id: string }) => one.id);
  expect(new Set(ids).size).toBe(4);
  expect(ids).toEqual(ids.toSorted());
  expect((await page(id, '')).page).toEqual({ size: 500 });
  const ofB = (one: { manifest: string; vulnerability: { name: string } }) =>
    one.manifest === digestOf('b') && one.vulnerability.name === 'CVE-2';
  expect((await page(id, '')).notifications.find(ofB)).toEqual({
    id: expect.any(String),
    manifest: digestOf('b'),
    reason: 'added',
    vulnerability: {
      name: 'CVE-2',
      description: 'about CVE-2',
      package: {
        id: '',
        name: 'openssl',
        version: '1',
        kind: 'source',
        source: null,
        normalized_version: '',
        module: '',
        arch: '',
        cpe: '',
      },
      distribution: {
        id: '',
        did: 'debian',
        name: '',
        version: '',
        version_code_name: '',
        version_id: '12',
        arch: '',
        cpe: '',
        pretty_name: '',
      },
      repo: { id: '', cpe: '' },
      severity: 'Medium',
      fixed_in_version: '3',
      links: 'https://example.org/CVE-2',
    },
  });
});

it('has nothing for an unknown id, and nothing after DELETE', async () => {
  const unknown = await get('/notifier/api/v1/notification/00000000-0000-4000-8000-000000000001');
  expect([unknown.statusCode, unknown.json()]).toEqual([200, { page: { size: 500 }, notifications: [] }]);
  const url = `/notifier/api/v1/notification/${await setId()}`;
  for (let again = 0; again < 2; again += 1) {
    const deleted = await server.inject({ method: 'DELETE', url });
    expect([deleted.statusCode, deleted.body]).toEqual([200, '']);
    expect((await get(url)).json().notifications).toEqual([]);
  }
});

it.each([
  ['not-a-uuid', '', 400],
  ['00000000-0000-4000-8000-000000000001', 'page_size=x', 400],
  ['00000000-0000-4000-8000-000000000001', 'page_size=-1', 400],
  ['00000000-0000-4000-8000-000000000001', 'page_size=10001', 400],
  ['00000000-0000-4000-8000-000000000001', 'page_size=10000', 200],
  ['00000000-0000-4000-8000-000000000001', 'next=x', 400],
  ['00000000-0000-4000-8000-000000000001', 'next=00000000-0000-0000-0000-000000000000', 200],
])('answers %s?%s with %i', async (id, query, status) => {
  const response = await get(`/notifier/api/v1/notification/${id}?${query}`);
  expect(response.statusCode).toBe(status);
  if (status === 400) expect(response.json()).toMatchObject({ code: 'bad-request', message: expect.any(String) });
});

it.each([
  [undefined, 200, 'application/vnd.clair.notification_page.v1+json'],
  ['application/json', 200, 'application/json'],
  ['application/vnd.clair.notification.v1+json', 200, 'application/vnd.clair.notification.v1+json'],
  ['text/html', 415, 'application/json'],
])('negotiates %s', async (accept, status, type) => {
  const response = await get(`/notifier/api/v1/notification/${await setId()}`, accept === undefined ? {} : { accept });
  expect(response.statusCode).toBe(status);
  expect(response.headers['content-type']).toContain(type);
});

it('lists deliveries', async () => {
  const id = await setId();
  const listed = (await get('/notifier/api/v2/deliveries?state=delivered&limit=5')).json();
  expect(listed.deliveries).toEqual([
    {
      id: expect.any(String),
      notification_id: id,
      target: 'nats',
      subscription: null,
      created_at: expect.stringMatching(/^20/),
      state: 'delivered',
      attempts: 1,
      last_error: '',
      next_attempt_at: '',
    },
  ]);
  expect((await get('/notifier/api/v2/deliveries?state=dead')).json()).toEqual({ deliveries: [] });
  expect((await get('/notifier/api/v2/deliveries?state=lost')).statusCode).toBe(400);
  expect((await get('/notifier/api/v2/deliveries?limit=0')).statusCode).toBe(400);
});

it('collects what was deleted or is old, in batches, and keeps what is owed', async () => {
  const collect = (createdBeforeMs: number) =>
    collectSets(db, { createdBeforeMs, batchRows: 1, signal: new AbortController().signal });
  expect(await collect(Date.now() - 60_000)).toBe(0);
  await db.execute(`update notifier.delivery set state = 'pending', target = 'webhook'`);
  expect(await collect(Date.now() + 60_000)).toBe(0);
  await db.execute(`update notifier.delivery set state = 'dead'`);
  expect(await collect(Date.now() + 60_000)).toBe(1);
  expect(await storedState(db)).toMatchObject({ sets: [], notifications: [], deliveries: [] });
  expect(await db.query('select 1 from notifier.vulnerability')).toEqual([]);
});
