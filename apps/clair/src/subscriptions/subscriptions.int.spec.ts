import { gzipSync } from 'node:zlib';
import { createLogger, readConfig } from '@clair/service-kit';
import { buildImage, buildLayer, type Registry, serveRegistry } from '@clair/testing';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../test-support/eventually.ts';
import { type LoopbackServer, listenOnLoopback } from '../../test-support/loopback-server.ts';
import { type FeedSite, serveFeedSite } from '../distributions/testing/feed-site.ts';
import { launch, type Running } from '../launch.ts';

const OS_RELEASE = 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n';
const STATUS = 'Package: openssl\nStatus: install ok installed\nArchitecture: amd64\nVersion: 3.0.9-1\n';

interface Entry {
  readonly urgency?: string;
  readonly fixed?: string;
}

/** Debian's tracker with flaws of openssl. */
function tracker(flaws: Readonly<Record<string, Entry>>): string {
  const entries = Object.entries(flaws).map(([name, { urgency = 'not yet assigned', fixed }]) => {
    const status = fixed === undefined ? { status: 'open' } : { status: 'resolved', fixed_version: fixed };
    const bookworm = { ...status, urgency, repositories: { bookworm: '3.0.9-1' } };
    return [name, { scope: 'remote', description: `about ${name}`, releases: { bookworm } }];
  });
  return JSON.stringify({ openssl: Object.fromEntries(entries) });
}

const kev = (...ids: string[]) =>
  JSON.stringify({
    title: 'CISA Catalog of Known Exploited Vulnerabilities',
    count: ids.length,
    vulnerabilities: ids.map((cveID) => ({ cveID, dateAdded: '2026-05-02', dueDate: '2026-05-23' })),
  });

const epss = (score: string) =>
  gzipSync(
    `#model_version:v2025.03.14,score_date:2026-06-14T00:00:00+0000\ncve,epss,percentile\nCVE-2026-1001,${score},0.95000\n`,
  );

interface Told {
  readonly kind: string;
  readonly labels: object;
  readonly vulnerability: { readonly name: string; readonly severity: string; readonly fixed_in_version: string };
}

const image = buildImage([
  buildLayer([
    { path: 'etc/os-release', content: OS_RELEASE },
    { path: 'var/lib/dpkg/status', content: STATUS },
  ]),
]);
const told: Told[] = [];
let database: TestDatabase;
let site: FeedSite;
let registry: Registry;
let receiver: LoopbackServer;
let clair: Running;

beforeAll(async () => {
  [database, site] = await Promise.all([createTestDatabase(), serveFeedSite()]);
  registry = await serveRegistry({ blobs: image.layers });
  receiver = await listenOnLoopback(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    told.push(...JSON.parse(body).data.notifications);
    response.writeHead(204).end();
  });
  site.put('/tracker.json', tracker({ 'CVE-2026-1001': { urgency: 'low' }, 'CVE-2026-1002': {} }));
  site.put('/kev.json', kev('CVE-2020-1001'));
  site.put('/epss.csv.gz', epss('0.11000'));
  clair = await launch({ config: config(), mode: 'combo', log: createLogger({ level: 'error', name: 'test' }) });
});

afterAll(async () => {
  await clair?.stop();
  await Promise.all([registry?.close(), site?.close(), receiver?.close()]);
  await database?.drop();
});

function config() {
  const own = { connstring: database.connstring, migrations: true };
  const feeds = {
    debian: { json_url: `${site.url}/tracker.json` },
    kev: { url: `${site.url}/kev.json` },
    epss: { url: `${site.url}/epss.csv.gz` },
  };
  const text = JSON.stringify({
    http_listen_addr: '127.0.0.1:0',
    introspection_addr: '127.0.0.1:0',
    grpc: { listen_addr: '127.0.0.1:0' },
    indexer: { ...own, allow_loopback: true },
    matcher: own,
    updater: { ...own, schedule: false },
    updaters: { sets: Object.keys(feeds), config: feeds },
    notifier: {
      ...own,
      allow_private_targets: true,
      signing_keys: [Buffer.from('a key for tests').toString('base64')],
    },
  });
  const reading = readConfig([{ name: 'test.json', text }], { mode: 'combo' });
  if (reading.ok) return reading.value.config;
  throw new Error(JSON.stringify(reading.error));
}

async function post(path: string, body: unknown): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify(body) };
  const answer = await fetch(`http://127.0.0.1:${clair.httpPort}${path}`, init);
  expect([path, answer.status, answer.ok]).toEqual([path, expect.any(Number), true]);
  return answer.json();
}

async function runFeeds(): Promise<void> {
  const { runs } = (await post('/updater/api/v2/feeds/run', { force: true })) as { runs: { error: string }[] }; // Safety: a test's own service.
  expect(runs.map(({ error }) => error)).toEqual(['', '', '']);
}

/** Runs the feeds; resolves to what the subscriber was told then, sorted. */
async function toldAfterUpdate(expected: number): Promise<string[]> {
  told.length = 0;
  await runFeeds();
  await eventually(`${expected} notifications`, async () => told.length >= expected);
  return told
    .map(({ kind, vulnerability: { name, severity, fixed_in_version: fix } }) =>
      `${kind} ${name} ${severity} ${fix}`.trim(),
    )
    .sort();
}

it('tells a subscriber of every kind of change, from the feed to the webhook', async () => {
  const hash = image.manifest.digest;
  const layers = image.layers.map(({ digest }) => ({ hash: digest, uri: registry.blobUrl(digest), headers: {} }));
  await post('/indexer/api/v1/index_report', { hash, layers, labels: { team: 'red' } });
  const target = { webhook: { url: `${receiver.url}/hook` } };
  await post('/notifier/api/v2/subscriptions', { name: 'red', target, filter: { labels: { team: 'red' } } });
  await post('/notifier/api/v2/subscriptions', { name: 'blue', target, filter: { labels: { team: 'blue' } } });
  // A first load tells nobody; that it is over is seen by what comes after it.
  await runFeeds();

  site.put(
    '/tracker.json',
    tracker({ 'CVE-2026-1001': { urgency: 'high' }, 'CVE-2026-1002': { fixed: '3.0.11-1' }, 'CVE-2026-1003': {} }),
  );
  expect(await toldAfterUpdate(3)).toEqual([
    'added CVE-2026-1003 Unknown',
    'fix-available CVE-2026-1002 Unknown 3.0.11-1',
    'severity-raised CVE-2026-1001 High',
  ]);
  expect(told[0]?.labels).toEqual({ team: ['red'] });

  site.put('/kev.json', kev('CVE-2020-1001', 'CVE-2026-1003'));
  expect(await toldAfterUpdate(1)).toEqual(['exploited CVE-2026-1003 Unknown']);

  site.put('/epss.csv.gz', epss('0.71000'));
  expect(await toldAfterUpdate(1)).toEqual(['epss-raised CVE-2026-1001 High']);

  // Other words for the one, and the image has the fix of the other.
  const words = tracker({
    'CVE-2026-1001': { urgency: 'high' },
    'CVE-2026-1002': { fixed: '3.0.8-1' },
    'CVE-2026-1003': {},
  });
  site.put('/tracker.json', words.replace('about CVE-2026-1001', 'better words'));
  expect(await toldAfterUpdate(1)).toEqual(['removed CVE-2026-1002 Unknown 3.0.11-1']);
}, 60_000);
