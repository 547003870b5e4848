import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch, type Running } from '@clair/clair';
import { createLogger, loadConfigFile } from '@clair/service-kit';
import { REPOSITORY_ROOT, type Registry, serveRegistry } from '@clair/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { debianImage, emptyImage, writeLocalImages } from './testing/example-images.ts';
import { runClairctl } from './testing/run-clairctl.ts';

const directory = mkdtempSync(join(tmpdir(), 'clairctl-'));
const config = join(directory, 'config.yaml');
const dataDir = join(directory, 'data');
const unknownDigest = `sha256:${'0'.repeat(64)}`;
let feed: Server;
let registry: Registry;
let local: readonly string[];

beforeAll(async () => {
  const tracker = readFileSync(join(REPOSITORY_ROOT, 'examples/feeds/debian-tracker/before.json'));
  feed = createServer((_, response) => void response.end(tracker));
  await new Promise<void>((resolve) => feed.listen(0, '127.0.0.1', resolve));
  registry = await serveRegistry({ images: { 'example/app:1': debianImage(), 'example/empty:1': emptyImage() } });
  local = writeLocalImages(directory);
  writeFileSync(config, JSON.stringify(configuration(feedUrl())));
});
afterAll(async () => {
  feed.close();
  await registry.close();
  rmSync(directory, { recursive: true, force: true });
});

function feedUrl(): string {
  const address = feed.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/json`;
}

function configuration(jsonUrl: string) {
  return {
    http_listen_addr: '127.0.0.1:0',
    introspection_addr: '127.0.0.1:0',
    grpc: { listen_addr: '127.0.0.1:0' },
    updater: { schedule: false },
    updaters: { sets: ['debian'], config: { debian: { json_url: jsonUrl } } },
  };
}

const embedded = (...args: string[]) => runClairctl(['-c', config, '--data-dir', dataDir, ...args]);
const reports = (out: string) =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
const idsOf = (report: { vulnerabilities: readonly { name: string }[] }) =>
  report.vulnerabilities.map(({ name }) => name).sort();

describe('with an embedded service', () => {
  it('reports an image wherever it is: registry, layout, archive, directory; a line of JSON each', async () => {
    const image = `${registry.host}/example/app:1`;
    const ran = await embedded('report', '-o', 'json', '--insecure', image, ...local);
    expect(ran).toMatchObject({ exitCode: 0, err: '' });
    const found = reports(ran.out);
    expect(found.map((report) => report.image)).toEqual([image, ...local]);
    for (const report of found) {
      expect(report.coverage.verdict).toBe('complete');
      expect(idsOf(report)).toEqual(idsOf(found[0]));
    }
    expect(idsOf(found[0]).length).toBeGreaterThan(0);
  });

  it('gates: 2 for a finding, 1 for an error or for what could not be looked up, 0 otherwise', async () => {
    const app = `${registry.host}/example/app:1`;
    const empty = `${registry.host}/example/empty:1`;
    const gone = `${registry.host}/example/gone:1`;
    const report = (...args: string[]) => embedded('report', '--insecure', ...args);
    expect((await report('--fail-on', 'unknown', app)).exitCode).toBe(2);
    expect((await report(empty)).exitCode).toBe(0);
    const unknown = await report('--fail-on', 'critical', empty);
    expect(unknown.exitCode).toBe(1);
    expect(unknown.out).toContain('Nothing could be looked up');
    expect(unknown.err).toContain('so --fail-on does not pass it');
    const stopped = await report(gone, app);
    expect(stopped).toMatchObject({ exitCode: 1, out: '' });
    const going = await report('-k', '--fail-on', 'unknown', gone, app);
    expect(going.exitCode).toBe(1);
    expect(going.out).toContain('Coverage: complete');
    expect(going.err).toContain(`clairctl: ${gone}: `);
  });

  it('shows its feeds, runs one, and knows no other', async () => {
    const shown = await embedded('feeds', '--run', 'debian');
    expect(shown.exitCode).toBe(0);
    expect(shown.out).toMatch(/^debian +ok +just now/m);
    const [status] = reports((await embedded('feeds', '-o', 'json')).out)[0];
    expect(status).toMatchObject({ feed: 'debian', error: '', stale: false });
    expect(await embedded('feeds', '--run', 'nosuch')).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('no such feed: nosuch'),
    });
  });

  it('deletes what is there, and says what is not', async () => {
    const { digest } = debianImage().manifest;
    expect(await embedded('delete', digest, unknownDigest)).toEqual({
      exitCode: 0,
      out: `${digest}\n`,
      err: `clairctl: ${unknownDigest}: the service does not know it\n`,
    });
    expect(await embedded('delete', 'x')).toMatchObject({ exitCode: 1, out: '' });
  });
});

it('carries advisories in a bundle to a service without a way out', async () => {
  const bundle = join(directory, 'feeds.bundle');
  const exported = await runClairctl(['-c', config, 'export-updaters', '--strict', bundle]);
  expect(exported).toMatchObject({
    exitCode: 0,
    err: expect.stringMatching(/^debian: \d+ advisories in 1 partition$/m),
  });
  const away = join(directory, 'away.yaml');
  const disabled = { matcher: { disable_updaters: true } };
  writeFileSync(away, JSON.stringify({ ...configuration('http://127.0.0.1:9/json'), ...disabled }));
  const airGapped = ['-c', away, '--data-dir', join(directory, 'air-gapped')];
  const imported = await runClairctl([...airGapped, 'import-updaters', bundle]);
  expect(imported).toMatchObject({ exitCode: 0, out: expect.stringMatching(/^debian: update operation \d+\n$/) });
  expect((await runClairctl([...airGapped, 'import-updaters', bundle])).out).toBe('debian: unchanged\n');
  const ran = await runClairctl([...airGapped, 'report', '--fail-on', 'unknown', local[0] ?? '']);
  expect(ran).toMatchObject({ exitCode: 2, err: '', out: expect.stringContaining('Coverage: complete') });
  expect(await runClairctl([...airGapped, 'feeds', '--run'])).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining('updaters are disabled by matcher.disable_updaters'),
  });
  expect((await runClairctl([...airGapped, 'feeds'])).out).toMatch(/^debian +imported +just now +just now +1 +[1-9]/m);
  const kept = readFileSync(bundle);
  for (const strict of [['--strict'], []]) {
    const failed = await runClairctl(['-c', away, 'export-updaters', ...strict, bundle]);
    expect(failed).toMatchObject({ exitCode: 1, err: expect.stringContaining('debian: missing: ') });
    expect(failed.err).toContain(`clairctl: ${bundle} is not written\n`);
  }
  expect(readFileSync(bundle)).toEqual(kept);
  expect(readdirSync(directory).filter((name) => name.startsWith('feeds.bundle'))).toEqual(['feeds.bundle']);
});

describe('with a running service', () => {
  let service: Running;
  beforeAll(async () => {
    const reading = loadConfigFile(config, { mode: 'combo' });
    if (!reading.ok) throw new Error(JSON.stringify(reading.error));
    const log = createLogger({ level: 'error', name: 'test' });
    service = await launch({ config: { ...reading.value.config, data_dir: dataDir }, mode: 'combo', log });
  });
  afterAll(() => service.stop());

  it('asks that one, and says so when it does not answer', async () => {
    const host = `http://127.0.0.1:${service.httpPort}`;
    const ran = await runClairctl([
      'report',
      '--host',
      host,
      '--insecure',
      '-o',
      'json',
      `${registry.host}/example/app:1`,
      local[2] ?? '',
    ]);
    expect(ran).toMatchObject({ exitCode: 0, err: '' });
    expect(reports(ran.out).map((report) => report.coverage.verdict)).toEqual(['complete', 'complete']);
    const away = await runClairctl(['report', '--host', 'http://127.0.0.1:2', local[2] ?? '']);
    expect(away).toMatchObject({ exitCode: 1, err: expect.stringContaining('http://127.0.0.1:2 does not answer') });
  });
});

it('prints the manifest of an image in a registry', async () => {
  const image = debianImage();
  const { exitCode, out } = await runClairctl(['manifest', '--insecure', `${registry.host}/example/app:1`]);
  expect(exitCode).toBe(0);
  const [layer] = image.layers;
  expect(JSON.parse(out)).toMatchObject({
    hash: image.manifest.digest,
    layers: [{ hash: layer?.digest, uri: registry.blobUrl(layer?.digest ?? '', 'example/app') }],
  });
});

it('checks a configuration, and prints it without its secrets', async () => {
  const secret = join(directory, 'secret.yaml');
  const password = 'do-not-show';
  writeFileSync(secret, `indexer: {connstring: "postgres://clair:${password}@db/clair"}\n`);
  const good = await runClairctl(['check-config', '-o', 'json', secret]);
  expect(good.exitCode).toBe(0);
  expect(JSON.parse(good.out)).toMatchObject({ http_listen_addr: ':6060' });
  expect(good.out).not.toContain(password);
  writeFileSync(secret, 'htpp_listen_addr: ":1"\nmatcher: {period: soon}\n');
  const bad = await runClairctl(['check-config', secret]);
  expect(bad).toMatchObject({ exitCode: 1, out: '' });
  expect(bad.err.trim().split('\n')).toHaveLength(2);
});

const LAUNCHER = join(REPOSITORY_ROOT, 'apps/clairctl/bin/clairctl.mjs');
const machineNode = ['/usr/bin/node', '/usr/local/bin/node'].find((path) => existsSync(path));

it.skipIf(machineNode === undefined)('runs from the launcher, whatever Node the machine has', () => {
  const run = (...args: string[]) => spawnSync(machineNode ?? '', [LAUNCHER, ...args], { encoding: 'utf8' });
  expect(run('--version')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  expect(run('check-config', '/nonexistent.yaml')).toMatchObject({ status: 1, stdout: '' });
});
