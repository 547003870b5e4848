import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MatcherServiceDefinition } from '@clair/contracts';
import { startEmbeddedPostgres } from '@clair/postgres';
import { connectService, createLogger } from '@clair/service-kit';
import { startNatsServer } from '@clair/testing/nats';
import { type BenchDatabase, database, load } from './feeds/measured-load.ts';
import { serveSite } from './feeds/site-server.ts';
import { ubuntuSite } from './feeds/ubuntu-site.ts';
import { realInventories } from './fleet/real-inventories.ts';
import { type BenchServices, startServices } from './fleet/services.ts';
import { quantile } from './median.ts';
import { changedAdvisories, updateMessages, withVersion } from './reports/changed-advisories.ts';
import { type ServedImage, serveImages } from './reports/real-images.ts';

const READERS = [1, 10, 50];
const WARM_SECONDS = 5;
/** Reports that are read again and again. */
const WARM_IMAGES = 20;
/** Advisories of each update that is applied while reports are read. */
const CHANGED = 1000;
const BETWEEN_UPDATES_MS = 500;
/** Until the advisories to change are read. */
const FIRST_UPDATE_MS = 15_000;

/**
 * Reads of v1 reports over HTTP: images with the packages of real ones of Ubuntu against all of Ubuntu's advisories, by a matcher that was
 * just started (cold: each report once) and then (warm), at 1, 10 and 50 readers; and all of it again while updates are applied.
 */
export async function reports(): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'clair-bench-reports-'));
  const postgres = await startEmbeddedPostgres({ dataDir: join(root, 'postgres') });
  const nats = await startNatsServer();
  const where = await database(postgres, 'reports');
  const [site] = ubuntuSite(join(root, 'ubuntu'));
  if (site === undefined) throw new Error('there are no documents of Ubuntu');
  const server = await serveSite(site.directory);
  const served = await serveImages(realInventories());
  await load({ feed: 'ubuntu', options: site.options(server.url), connstring: where.connstring, isIdle: false });
  const services = await startServices(where.connstring, nats.url);
  try {
    await indexAll(services, served.images);
    process.stdout.write(`${served.images.length} images\n`);
    const rows: object[] = [];
    for (const readers of READERS) rows.push(...(await measure(services, served.images, { readers, updating: 'no' })));
    const ended = new AbortController();
    const updating = applyUpdates(where, services, ended.signal);
    await new Promise((resolve) => setTimeout(resolve, FIRST_UPDATE_MS));
    for (const readers of READERS) rows.push(...(await measure(services, served.images, { readers, updating: 'yes' })));
    ended.abort();
    process.stdout.write(`${await updating} updates of ${CHANGED} advisories were applied in the meantime\n`);
    console.table(rows);
  } finally {
    await services.stop();
    served.close();
    await server.close();
    await where.db.close();
    await nats.remove();
    await postgres.stop();
    await rm(root, { recursive: true, force: true });
  }
}

async function indexAll(services: BenchServices, images: readonly ServedImage[]): Promise<void> {
  for (const { manifest } of images) {
    const answer = await fetch(`${services.url('indexer')}/indexer/api/v1/index_report`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(manifest),
    });
    if (answer.status !== 201) throw new Error(`an image was not indexed: ${await answer.text()}`);
  }
}

interface Circumstances {
  readonly readers: number;
  readonly updating: string;
}

async function measure(
  services: BenchServices,
  images: readonly ServedImage[],
  circumstances: Circumstances,
): Promise<object[]> {
  await services.restart('matcher');
  const urls = images.map(({ digest }) => `${services.url('matcher')}/matcher/api/v1/vulnerability_report/${digest}`);
  const cold = [...urls];
  const row = (reports: string, times: readonly number[]) => ({
    ...circumstances,
    reports,
    reads: times.length,
    'MiB/report': (bytesRead.sum / bytesRead.reads / 2 ** 20).toFixed(2),
    'p50 ms': quantile(times, 0.5).toFixed(1),
    'p95 ms': quantile(times, 0.95).toFixed(1),
    'p99 ms': quantile(times, 0.99).toFixed(1),
  });
  Object.assign(bytesRead, { sum: 0, reads: 0 });
  const coldTimes = await readAll(circumstances.readers, () => cold.pop());
  const until = performance.now() + WARM_SECONDS * 1000;
  let next = 0;
  const warmTimes = await readAll(circumstances.readers, () => {
    next += 1;
    return performance.now() < until ? urls[next % WARM_IMAGES] : undefined;
  });
  return [row('cold', coldTimes), row('warm', warmTimes)];
}

async function readAll(readers: number, next: () => string | undefined): Promise<readonly number[]> {
  const times: number[] = [];
  await Promise.all(
    Array.from({ length: readers }, async () => {
      for (let url = next(); url !== undefined; url = next()) times.push(await timed(url));
    }),
  );
  return times;
}

const bytesRead = { sum: 0, reads: 0 };

async function timed(url: string): Promise<number> {
  const started = performance.now();
  const response = await fetch(url);
  bytesRead.sum += (await response.arrayBuffer()).byteLength;
  bytesRead.reads += 1;
  if (response.status !== 200) throw new Error(`${url} answers ${response.status}`);
  return performance.now() - started;
}

/** One after the other until told to stop; resolves to how many. A matcher that is restarted costs an attempt. */
async function applyUpdates({ db }: BenchDatabase, services: BenchServices, signal: AbortSignal): Promise<number> {
  const log = createLogger({ level: 'fatal', name: 'bench' });
  let applied = 0;
  let attempts = 0;
  const first = connectService(MatcherServiceDefinition, services.matcherAddress, { deadlineMs: 60_000, log });
  const changed = await changedAdvisories(db, first, { feed: 'ubuntu', count: CHANGED });
  first.close();
  while (!signal.aborted) {
    attempts += 1;
    const matcher = connectService(MatcherServiceDefinition, services.matcherAddress, { deadlineMs: 60_000, log });
    try {
      await matcher.applyUpdate(updateMessages('ubuntu', `bench ${attempts}`, withVersion(changed, attempts)));
      applied += 1;
    } catch {
      // Restarted between two measurements.
    } finally {
      matcher.close();
    }
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_UPDATES_MS));
  }
  return applied;
}
