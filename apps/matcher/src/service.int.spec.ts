import { MatcherServiceDefinition } from '@clair/contracts';
import type { Inventory } from '@clair/model';
import type { Database } from '@clair/postgres';
import {
  createHttpServer,
  createLogger,
  createMetrics,
  type HttpServer,
  inProcessClient,
  readConfig,
} from '@clair/service-kit';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMatcherService, type MatcherService } from './service.ts';
import { type FakeIndexer, fakeIndexer, installed, inventory, MANIFEST, NOW_MS } from './testing/matcher-fixture.ts';
import { openMigrated } from './testing/migrated-database.ts';
import { advisory, affectedRow, enrichment, type UpdateFixture, updateMessages } from './testing/update-fixture.ts';

const REPORT = `/matcher/api/v1/vulnerability_report/${MANIFEST}`;
const REPORT_V2 = `/matcher/api/v2/vulnerability_report/${MANIFEST}`;
const OPERATIONS = '/matcher/api/v1/internal/update_operation';

const IMAGE: Inventory = inventory({
  packages: [
    installed('libssl3', { source: { name: 'openssl', version: '3.0.9-1' } }),
    installed('openssl'),
    installed('zlib1g', { version: 'not a version', source: { name: 'zlib', version: 'not a version' } }),
  ],
});
const FEED = [
  advisory('CVE-1', { issued: '', affected: [affectedRow()] }),
  advisory('CVE-2', { affected: [affectedRow({ range: { fixed: '3.0.1-1' } })] }),
  advisory('CVE-3', {
    affected: [affectedRow({ package: 'zlib', range: { fixed: '2' }, severity: 'low', normalizedSeverity: 'Low' })],
  }),
];

let own: TestDatabase;
let db: Database;
let service: MatcherService;
let server: HttpServer;
let indexer: FakeIndexer;

beforeEach(async () => {
  own = await createTestDatabase();
  db = await openMigrated(own.connstring);
  const reading = readConfig([]);
  if (!reading.ok) throw new Error('the defaults are a configuration');
  const log = createLogger({ level: 'fatal', name: 'test' });
  const metrics = createMetrics({ processMetrics: false });
  indexer = fakeIndexer(IMAGE);
  service = createMatcherService({ config: reading.value.config, db, log, metrics, clock: () => NOW_MS, indexer });
  server = await createHttpServer({ config: reading.value.config, log, metrics });
  service.registerHttp(server);
});

afterEach(async () => {
  await service?.stop();
  await server?.close();
  await db?.close();
  await own?.drop();
});

const matcher = () => inProcessClient(MatcherServiceDefinition, service.implementation);
const apply = (update: UpdateFixture = {}) =>
  matcher().applyUpdate(updateMessages({ partitions: [{ advisories: FEED }], ...update }));
const get = (url: string, headers: Record<string, string> = {}) => server.inject({ url, headers });

describe('GET v1 vulnerability_report', () => {
  it('answers 202 with a body and Retry-After while nothing is loaded', async () => {
    const answer = await get(REPORT);
    expect(answer.statusCode).toBe(202);
    expect(answer.headers['retry-after']).toMatch(/^\d+$/);
    expect(answer.json()).toMatchObject({ code: 'accepted' });
    await expect(matcher().getVulnerabilityReport({ manifestHash: MANIFEST })).rejects.toThrow('no advisories');
  });

  it('has exactly the shape of Clair', async () => {
    await apply();
    const answer = await get(REPORT);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('application/vnd.clair.vulnerability_report.v1+json');
    expect(answer.headers['cache-control']).toBe('max-age=21600');
    await expect(`${JSON.stringify(answer.json(), undefined, 2)}\n`).toMatchFileSnapshot('./report-v1.golden.json');
  });

  it.each([
    ['application/json', 'application/json'],
    ['*/*', 'application/vnd.clair.vulnerability_report.v1+json'],
  ])('answers Accept: %s with %s', async (accept, type) => {
    await apply();
    expect((await get(REPORT, { accept })).headers['content-type']).toContain(type);
  });

  it('answers 304 until the advisories change', async () => {
    await apply();
    const etag = String((await get(REPORT)).headers.etag);
    expect(etag).toMatch(/^"[0-9a-f]+"$/);
    const again = await get(REPORT, { 'if-none-match': etag });
    expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', etag]);
    await apply({ fetchedAt: '2024-06-01T05:00:00Z' });
    expect((await get(REPORT, { 'if-none-match': etag })).statusCode).toBe(304);
    await apply({ partitions: [{ advisories: FEED.slice(1) }] });
    const changed = await get(REPORT, { 'if-none-match': etag });
    expect([changed.statusCode, changed.headers.etag === etag]).toEqual([200, false]);
  });

  it('answers the same bytes again, and others when the advisories change', async () => {
    await apply();
    const first = await get(REPORT);
    const again = await get(REPORT);
    expect([again.statusCode, again.body]).toEqual([200, first.body]);
    expect(again.headers).toMatchObject({
      etag: first.headers.etag,
      'content-type': first.headers['content-type'],
      'cache-control': first.headers['cache-control'],
    });
    expect((await get(REPORT, { 'if-none-match': String(first.headers.etag) })).statusCode).toBe(304);
    await apply({ partitions: [{ advisories: FEED.slice(1) }] });
    const changed = await get(REPORT);
    expect(changed.statusCode).toBe(200);
    expect(Object.keys(changed.json().vulnerabilities).length).toBeLessThan(
      Object.keys(first.json().vulnerabilities).length,
    );
  });

  it.each([
    ['an unknown manifest', `sha256:${'0'.repeat(64)}`, 404, 'not-found'],
    ['something that is no digest', 'latest', 400, 'bad-request'],
    ['an unknown algorithm', `md5:${'0'.repeat(32)}`, 400, 'bad-request'],
  ])('answers for %s', async (_, digest, status, code) => {
    await apply();
    const answer = await get(`/matcher/api/v1/vulnerability_report/${digest}`);
    expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
  });

  it('fetches an inventory once', async () => {
    await apply();
    await get(REPORT);
    await apply({ partitions: [{ advisories: FEED.slice(1) }] });
    await get(REPORT_V2);
    expect(indexer.reportsAsked()).toBe(1);
  });
});

describe('GET v2 vulnerability_report', () => {
  it('shows evidence and coverage', async () => {
    await apply();
    const answer = await get(REPORT_V2);
    expect(answer.statusCode).toBe(200);
    await expect(`${JSON.stringify(answer.json(), undefined, 2)}\n`).toMatchFileSnapshot('./report-v2.golden.json');
  });

  it('says how many findings a filter hid', async () => {
    await apply();
    const body = (await get(`${REPORT_V2}?min_severity=medium`)).json();
    expect(body.hidden).toEqual({ findings: 1, min_severity: 'Medium' });
    expect(body.findings).toHaveLength(2);
    expect(body.vulnerabilities.map(({ name }: { name: string }) => name)).toEqual(['CVE-1']);
    expect((await get(`${REPORT_V2}?min_severity=grave`)).statusCode).toBe(400);
  });

  it('shows an earlier state, as far back as the history goes', async () => {
    await apply();
    await apply({ partitions: [{ advisories: FEED.slice(1) }] });
    const count = async (query: string) => (await get(REPORT_V2 + query)).json().findings.length;
    expect([await count('?operation=1'), await count('?operation=2'), await count('')]).toEqual([3, 1, 1]);
    expect((await get(`${REPORT_V2}?operation=3`)).statusCode).toBe(400);
    expect((await get(`${REPORT_V2}?operation=x`)).statusCode).toBe(400);
  });

  it('changes its ETag when a feed was asked again, because the body shows it', async () => {
    await apply();
    const etag = String((await get(REPORT_V2)).headers.etag);
    expect((await get(REPORT_V2, { 'if-none-match': etag })).statusCode).toBe(304);
    await apply({ fetchedAt: '2024-06-01T05:00:00Z' });
    expect((await get(REPORT_V2, { 'if-none-match': etag })).statusCode).toBe(200);
  });

  it('lists the feeds', async () => {
    await apply();
    const answer = await get('/matcher/api/v2/feeds');
    expect(answer.json()).toEqual({
      feeds: [
        {
          feed: 'debian',
          fetched_at: '2024-06-01T00:00:00.000Z',
          changed_at: new Date(NOW_MS).toISOString(),
          operation: 1,
          advisories: 3,
          affected: 3,
          rejected_records: 0,
          partitions: [{ name: 'all', fingerprint: 'p1', namespaces: ['debian:12'] }],
        },
      ],
    });
  });
});

describe('v1 update operations', () => {
  const refs = async () => {
    const body: Record<string, { ref: string; kind: string }[]> = (await get(OPERATIONS)).json();
    return (body.debian ?? []).map(({ ref }) => ref);
  };

  it('are listed by feed with an ETag', async () => {
    await apply();
    const answer = await get(`${OPERATIONS}?kind=vulnerability&latest=true`);
    const [operation] = answer.json().debian;
    expect(operation).toEqual({
      ref: expect.stringMatching(/^[0-9a-f-]{36}$/),
      updater: 'debian',
      fingerprint: 'f1',
      date: new Date(NOW_MS).toISOString(),
      kind: 'vulnerability',
    });
    expect(answer.headers.etag).toBe(`"${operation.ref}"`);
    expect((await get(OPERATIONS, { 'if-none-match': `"${operation.ref}"` })).statusCode).toBe(304);
    expect((await get(`${OPERATIONS}?kind=enrichment`)).json()).toEqual({});
    expect((await get(`${OPERATIONS}?kind=other`)).statusCode).toBe(400);
    expect((await get(`${OPERATIONS}?latest=perhaps`)).statusCode).toBe(400);
  });

  it('are compared, in both directions and from nothing', async () => {
    await apply();
    await apply({ partitions: [{ advisories: FEED.slice(1) }] });
    const [newest, oldest] = await refs();
    const diff = async (query: string) => {
      const { prev, cur, added, removed } = (await get(`/matcher/api/v1/internal/update_diff?${query}`)).json();
      const names = (list: { name: string }[]) => list.map(({ name }) => name).sort();
      return { prev: prev.ref, cur: cur.ref, added: names(added), removed: names(removed) };
    };
    expect(await diff(`prev=${oldest}&cur=${newest}`)).toEqual({
      prev: oldest,
      cur: newest,
      added: [],
      removed: ['CVE-1'],
    });
    expect(await diff(`prev=${newest}&cur=${oldest}`)).toEqual({
      prev: newest,
      cur: oldest,
      added: ['CVE-1'],
      removed: [],
    });
    expect(await diff(`cur=${oldest}`)).toMatchObject({ added: ['CVE-1', 'CVE-2', 'CVE-3'], removed: [] });
    expect(await diff(`cur=${newest}`)).toMatchObject({ added: ['CVE-2', 'CVE-3'], removed: [] });
  });

  it('have no vulnerability of a row that says "not affected"', async () => {
    const sound = advisory('CVE-1', { affected: [affectedRow({ status: 'not-affected', range: {} })] });
    await apply();
    await apply({ partitions: [{ advisories: [sound, ...FEED.slice(1)] }] });
    const [newest, oldest] = await refs();
    const { added, removed } = (await get(`/matcher/api/v1/internal/update_diff?prev=${oldest}&cur=${newest}`)).json();
    expect([added, removed.map(({ name }: { name: string }) => name)]).toEqual([[], ['CVE-1']]);
  });

  it('of enrichments are of that kind', async () => {
    const known = { exploited: { added: '2026-01-27', due: '', ransomware: false, action: '' } };
    await apply({ feed: 'kev', partitions: [{ namespaces: [], enrichments: [enrichment('CVE-2024-1000', known)] }] });
    expect((await get(OPERATIONS)).json()).toEqual({});
    expect((await get(`${OPERATIONS}?kind=enrichment`)).json()).toMatchObject({ kev: [{ kind: 'enrichment' }] });
  });

  it('are deleted, and then not found', async () => {
    await apply();
    const [ref] = await refs();
    for (let again = 0; again < 2; again += 1) {
      expect((await server.inject({ method: 'DELETE', url: `${OPERATIONS}/${ref}` })).statusCode).toBe(200);
    }
    expect(await refs()).toEqual([]);
    expect((await get(`/matcher/api/v1/internal/update_diff?cur=${ref}`)).statusCode).toBe(404);
    expect((await get('/matcher/api/v1/internal/update_diff')).statusCode).toBe(400);
    expect((await server.inject({ method: 'DELETE', url: `${OPERATIONS}/1` })).statusCode).toBe(400);
    expect((await get(REPORT)).statusCode).toBe(200);
  });
});

it('leaves the event of a change in the outbox, and none of a run without change', async () => {
  await apply();
  await apply();
  const events = await db.query<{ body: unknown }>('select body from matcher.outbox');
  expect(events).toHaveLength(1);
  expect(events[0]?.body).toMatchObject({
    type: 'clair.v1.advisories.changed',
    data: { operation: 1, feed: 'debian', firstLoad: true },
  });
});
