import { UpdaterServiceDefinition } from '@clair/contracts';
import type { Database } from '@clair/postgres';
import { createHttpServer, createLogger, createMetrics, inProcessClient } from '@clair/service-kit';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type FeedServer, serveFeeds } from './testing/feed-server.ts';
import { RecordingMatcher } from './testing/recording-matcher.ts';
import { debianDocument, feedConfig, openUpdaterDatabase, updaterService } from './testing/updater-fixture.ts';

let own: TestDatabase;
let db: Database;
let server: FeedServer;
let matcher: RecordingMatcher;
let nowMs: number;

beforeEach(async () => {
  own = await createTestDatabase();
  db = await openUpdaterDatabase(own.connstring);
  server = await serveFeeds();
  server.pages.set('/debian.json', { body: debianDocument(3) });
  matcher = new RecordingMatcher();
  nowMs = Date.parse('2024-06-01T00:00:00Z');
});

afterEach(async () => {
  await server?.close();
  await db?.close();
  await own?.drop();
});

const service = (settings: Readonly<Record<string, unknown>> = {}) => {
  const config = feedConfig({ url: server.url, matcher: settings });
  return { config, ...updaterService({ db, matcher, config, clock: () => nowMs }) };
};

it('refuses to run feeds while updaters are disabled, and shows what the matcher holds', async () => {
  await service().run([], { force: false });
  const asked = server.seen.length;
  const disabled = service({ disable_updaters: true });
  const log = createLogger({ level: 'fatal', name: 'test' });
  const metrics = createMetrics({ processMetrics: false });
  const http = await createHttpServer({ config: disabled.config, log, metrics });
  disabled.registerHttp(http);
  const refused = await http.inject({ method: 'POST', url: '/updater/api/v2/feeds/run', payload: {} });
  expect([refused.statusCode, refused.json()]).toEqual([
    422,
    { code: 'failed-precondition', message: expect.stringContaining('matcher.disable_updaters') },
  ]);
  const client = inProcessClient(UpdaterServiceDefinition, disabled.implementation);
  await expect(client.runFeeds({ feeds: [], force: true })).rejects.toThrow(/import-updaters/);
  expect(server.seen.length).toBe(asked);
  expect((await http.inject({ url: '/updater/api/v2/feeds' })).json().feeds).toMatchObject([
    { imported: true, advisories: 3, partitions: 1, stale: false, error: '', last_attempt_at: '', next_run_at: '' },
  ]);
  matcher.away = 'all';
  expect((await http.inject({ url: '/updater/api/v2/feeds' })).json().feeds).toMatchObject([
    { imported: false, stale: true, error: expect.stringContaining('the matcher did not say') },
  ]);
  await http.close();
});

it('shows a feed as imported once the matcher holds a newer one than a run brought', async () => {
  await service().run([], { force: false });
  expect(await service().statuses()).toMatchObject([{ imported: false }]);
  server.pages.delete('/debian.json');
  nowMs += 3_600_000;
  await service().run([], { force: false });
  const held = matcher.held.get('debian');
  const fetchedAt = new Date(nowMs + 7_200_000).toISOString();
  matcher.held.set('debian', { partitions: new Map(), ...held, fetchedAt });
  nowMs += 10_800_000;
  expect(await service().statuses()).toMatchObject([{ imported: true, error: '', lastSuccessAt: fetchedAt }]);
  matcher.away = 'all';
  expect(await service().statuses()).toMatchObject([{ imported: false, error: expect.stringContaining('404') }]);
});
