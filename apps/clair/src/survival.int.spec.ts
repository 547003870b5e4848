import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@clair/postgres';
import type { Image } from '@clair/testing';
import { describeWithNats, type NatsServer, startNatsServer } from '@clair/testing/services';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, call, notifiedBy, runFeed } from '../test-support/api-call.ts';
import { type ClairSystem, SERVICES, startSystem } from '../test-support/clair-system.ts';
import { eventually } from '../test-support/eventually.ts';
import { type HeldFiles, serveHeldFiles } from '../test-support/held-files.ts';
import { debianImage, manifestOf, publish } from '../test-support/images.ts';
import { freePorts } from '../test-support/loopback-server.ts';
import { trackerFeed, vulnerabilityName } from '../test-support/tracker-feed.ts';
import { receiveWebhooks, type WebhookReceiver } from '../test-support/webhook-receiver.ts';

/** How long a server is away; the aim is thirty seconds, and `CLAIR_TEST_OUTAGE_MS=30000` tests just that. */
const OUTAGE_MS = Number(process.env.CLAIR_TEST_OUTAGE_MS ?? 8000);
const FEED = '/tracker/data/json';

describeWithNats('four processes', () => {
  let directory: string;
  let postgres: EmbeddedPostgres;
  let startPostgres: () => Promise<EmbeddedPostgres>;
  let nats: NatsServer;
  let files: HeldFiles;
  let hook: WebhookReceiver;
  let system: ClairSystem;
  const manifests: string[] = [];
  let vulnerabilities = 5;
  let images = 0;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'clair-survival-'));
    const [port] = await freePorts(1);
    startPostgres = () => startEmbeddedPostgres({ dataDir: join(directory, 'pg'), durable: false, port: port ?? 0 });
    [postgres, nats, files, hook] = await Promise.all([
      startPostgres(),
      startNatsServer(),
      serveHeldFiles(),
      receiveWebhooks(),
    ]);
    files.put(FEED, trackerFeed(vulnerabilities));
    system = await startSystem({
      connstring: postgres.connstring,
      nats: nats.url,
      feedUrl: `${files.url}${FEED}`,
      webhookUrl: `${hook.url}/hook`,
    });
    expect(await runFeed(system)).toBe('changed');
    expect((await index(nextImage())).status).toBe(201);
  });

  afterAll(async () => {
    await system?.stop();
    await Promise.all([nats?.remove(), files?.close(), hook?.close()]);
    await postgres?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  function nextImage(): Image {
    images += 1;
    const image = debianImage(`image ${images}`);
    publish(image, files);
    manifests.push(image.manifest.digest);
    return image;
  }

  function index(image: Image): Promise<Answer> {
    return call(system, { method: 'POST', path: '/indexer/api/v1/index_report', body: manifestOf(image, files) });
  }

  async function sql<R>(text: string): Promise<R[]> {
    const client = new pg.Client({ connectionString: postgres.connstring });
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  }

  /** Kills the process as the kernel would, and starts it again. */
  async function kill(victim: (typeof SERVICES)[number]): Promise<void> {
    await system.process(victim).kill();
    await expireLeases();
    await system.process(victim).start();
    await system.process(victim).ready();
  }

  /** What a dead process, or one without a database, had leased is free after half a minute to a minute. As if that had passed. */
  async function expireLeases(): Promise<void> {
    for (const service of SERVICES)
      await sql(`update ${service}.lease set expires_at = now() where holder is not null`);
    await sql('update notifier.delivery set claimed_until = now() where claimed_until is not null');
  }

  /** One vulnerability more in the feed. */
  function changeFeed(): void {
    vulnerabilities += 1;
    files.put(FEED, trackerFeed(vulnerabilities));
  }

  /** Until it is called back, whoever writes an advisory waits. */
  async function holdAdvisories(): Promise<() => Promise<void>> {
    const client = new pg.Client({ connectionString: postgres.connstring });
    await client.connect();
    await client.query('begin; lock table matcher.advisory_revision in share mode');
    return () => client.end();
  }

  async function somebodyWaits(): Promise<boolean> {
    return (await sql('select 1 from pg_locks where not granted')).length > 0;
  }

  /** Everything that an undisturbed run would have told since: each manifest has the newest vulnerability, told once. */
  async function expectToldOnce(since: number): Promise<void> {
    await eventually(
      'a notification is delivered',
      () => hook.received.length > since && hook.accepted.includes(hook.received[since]?.notification_id ?? ''),
      90_000,
    );
    const ids = new Set(hook.received.slice(since).map(({ notification_id: id }) => id));
    expect(ids.size).toBe(1);
    const page = await notifiedBy(hook.received[since]?.callback ?? '');
    expect(page).toEqual(manifests.map((one) => `${one} ${vulnerabilityName(vulnerabilities)} added`).sort());
  }

  async function expectReported(): Promise<void> {
    const path = `/matcher/api/v1/vulnerability_report/${manifests.at(-1)}`;
    const report = JSON.parse((await call(system, { path })).body);
    const names = Object.values<{ name: string }>(report.vulnerabilities).map(({ name }) => name);
    expect(names.sort()).toEqual(Array.from({ length: vulnerabilities }, (_, at) => vulnerabilityName(at + 1)).sort());
  }

  const failed = (error: unknown): string => `failed: ${error}`;

  describe.each(SERVICES)('after kill -9 of the %s', (victim) => {
    it('in the middle of an index: the manifest can be sent again', async () => {
      const image = nextImage();
      const layer = `/${image.layers[1]?.digest}`;
      files.hold(layer);
      const first = index(image).catch(failed);
      await eventually('the layer is being fetched', () => files.requests(layer) > 0);
      await kill(victim);
      files.release(layer);
      const outcome = await first;
      expect(typeof outcome === 'string' ? 0 : outcome.status).toBe(victim === 'indexer' ? 0 : 201);
      const again = await index(image);
      expect(again.status).toBe(201);
      expect(Object.keys(JSON.parse(again.body).packages)).toHaveLength(4);
      await expectReported();
    });

    it('in the middle of an update: the feed arrives, once, and is told of once', async () => {
      changeFeed();
      const told = hook.received.length;
      const asked = files.requests(FEED);
      files.hold(FEED);
      const first = runFeed(system).catch(failed);
      await eventually('the feed is being fetched', () => files.requests(FEED) > asked);
      await kill(victim);
      files.release(FEED);
      await first;
      await eventually('the feed is taken', async () => /^(un)?changed$/.test(await runFeed(system)));
      await expectToldOnce(told);
      await expectReported();
    });

    it('in the middle of a delivery: the notification is delivered', async () => {
      const told = hook.received.length;
      changeFeed();
      hook.hang();
      expect(await runFeed(system)).toBe('changed');
      await eventually('a webhook hangs', () => hook.received.length > told);
      await kill(victim);
      hook.recover();
      await expectToldOnce(told);
    });
  });

  it.each(['matcher', 'updater'] as const)(
    'apply a change once when the %s is killed while it is written',
    async (victim) => {
      changeFeed();
      const told = hook.received.length;
      const release = await holdAdvisories();
      const first = runFeed(system).catch(failed);
      await eventually('the change is being written', somebodyWaits);
      await kill(victim);
      await release();
      await first;
      await eventually('the feed is taken', async () => /^(un)?changed$/.test(await runFeed(system)));
      await expectToldOnce(told);
      await expectReported();
    },
  );

  it('go on after PostgreSQL was gone, without losing or doubling anything', async () => {
    const image = nextImage();
    const layer = `/${image.layers[1]?.digest}`;
    files.hold(layer);
    const indexing = index(image).catch(failed);
    await eventually('the layer is being fetched', () => files.requests(layer) > 0);
    changeFeed();
    files.hold(FEED);
    const asked = files.requests(FEED);
    const updating = runFeed(system).catch(failed);
    await eventually('the feed is being fetched', () => files.requests(FEED) > asked);
    const told = hook.received.length;
    await postgres.stop();
    files.release(layer);
    files.release(FEED);
    const [readiness, liveness] = await duringOutage();
    expect(readiness).toEqual([503, 503, 503, 503]);
    expect(liveness).toEqual([200, 200, 200, 200]);
    const refused = await call(system, { path: `/indexer/api/v1/index_report/${image.manifest.digest}` });
    expect(refused.status).toBe(503);
    expect(JSON.parse(refused.body)).toMatchObject({ code: expect.any(String), message: expect.any(String) });
    postgres = await startPostgres();
    await Promise.all([indexing, updating]);
    for (const service of SERVICES) await system.process(service).ready();
    if (OUTAGE_MS < 30_000) await expireLeases();
    await eventually('an index works', async () => (await index(image)).status === 201);
    await eventually('the feed is taken', async () => /^(un)?changed$/.test(await runFeed(system)), 90_000);
    await expectToldOnce(told);
    await expectReported();
  }, 240_000);

  it('go on after NATS was gone, without losing or doubling anything', async () => {
    const told = hook.received.length;
    await nats.stop('SIGKILL');
    const image = nextImage();
    expect((await index(image)).status).toBe(201);
    changeFeed();
    expect(await runFeed(system)).toBe('changed');
    const [readiness, liveness] = await duringOutage();
    expect(readiness[SERVICES.indexOf('notifier')]).toBe(503);
    expect(liveness).toEqual([200, 200, 200, 200]);
    expect(hook.received).toHaveLength(told);
    await nats.restart();
    await expectToldOnce(told);
    await expectReported();
    for (const service of SERVICES) await system.process(service).ready();
    const waiting = 'select 1 from indexer.outbox union all select 1 from matcher.outbox';
    await eventually('every event has left', async () => (await sql(waiting)).length === 0, 60_000);
  }, 240_000);

  /** What the processes say of themselves, in the order of {@link SERVICES}, after the outage has lasted long enough. */
  async function duringOutage(): Promise<[readiness: number[], liveness: number[]]> {
    await sleep(OUTAGE_MS);
    const probe = (path: '/readyz' | '/healthz') => Promise.all(SERVICES.map((one) => system.process(one).probe(path)));
    return [await probe('/readyz'), await probe('/healthz')];
  }
});
