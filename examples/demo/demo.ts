import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch } from '@clair/clair';
import { ClairApi, renderReport, toReportView } from '@clair/clairctl';
import { type ClairConfig, createLogger, readConfig } from '@clair/service-kit';
import { serveRegistry } from '@clair/testing';
import { exampleImage } from './example-image.ts';

// The whole system in one process: an embedded PostgreSQL, a feed and a registry on loopback, and a webhook receiver.

const started = Date.now();
const out = (text: string): void => void process.stdout.write(text);
const step = (text: string): void => out(`\n── ${text}  (${((Date.now() - started) / 1000).toFixed(1)} s)\n\n`);

const dataDir = await mkdtemp(join(tmpdir(), 'clair-demo-'));
const feed = await serveFeed('before.json');
const webhook = await receiveWebhooks();
const image = exampleImage();
const registry = await serveRegistry({ images: { 'example/app:1.0': image } });
let exitCode = 1;
step('starting clair: indexer, matcher, updater and notifier, on an embedded PostgreSQL');
const clair = await launch({
  config: configuration(dataDir, await freePort(), { feed: feed.url, webhook: webhook.url }),
  mode: 'combo',
  log: createLogger({ level: 'warn', name: 'demo', pretty: true }),
});
try {
  const api = new ClairApi({ host: `http://127.0.0.1:${clair.httpPort}/` });
  step('fetching the example feed, in the format of the Debian security tracker');
  printRuns(await api.runFeeds([], false));

  step('indexing and reporting the example image: two layers, the second updates OpenSSL and adds curl');
  await api.index(manifest());
  out(await reportText(api));

  step('the feed changes: one more vulnerability in glibc (CVE-2024-2961)');
  feed.serve('after.json');
  printRuns(await api.runFeeds([], false));
  const notification = await webhook.next();
  out(`\nwebhook received: ${JSON.stringify(notification)}\n`);
  const page = await fetch(notification.callback).then((response) => response.json());
  out(`its callback says:\n${JSON.stringify(page, undefined, 2)}\n`);
  step('done. The same works on your images: npx clairctl report debian:bookworm');
  exitCode = 0;
} finally {
  await clair.stop();
  await registry.close();
  feed.server.close();
  webhook.server.close();
  await rm(dataDir, { recursive: true, force: true });
}
process.exitCode = exitCode;

function configuration(
  directory: string,
  port: number,
  urls: { readonly feed: string; readonly webhook: string },
): ClairConfig {
  const text = JSON.stringify({
    http_listen_addr: `127.0.0.1:${port}`,
    introspection_addr: '127.0.0.1:0',
    grpc: { listen_addr: '127.0.0.1:0' },
    data_dir: directory,
    updater: { schedule: false },
    updaters: { sets: ['debian'], config: { debian: { json_url: urls.feed } } },
    notifier: {
      disable_summary: true,
      webhook: { target: urls.webhook, callback: `http://127.0.0.1:${port}/notifier/api/v1/notification` },
    },
  });
  const reading = readConfig([{ name: 'demo.json', text }], { mode: 'combo' });
  if (reading.ok) return reading.value.config;
  throw new Error(JSON.stringify(reading.error));
}

function manifest() {
  return {
    hash: image.manifest.digest,
    layers: image.layers.map(({ digest }) => ({
      hash: digest,
      uri: registry.blobUrl(digest, 'example/app'),
      headers: {},
    })),
  };
}

async function reportText(api: ClairApi): Promise<string> {
  const layers = image.layers.map(({ digest }) => digest);
  const view = toReportView(await api.report(image.manifest.digest), {
    image: 'example/app:1.0',
    notes: [],
    layers,
    nowMs: Date.now(),
  });
  return renderReport(view, { colour: process.stdout.isTTY === true, hidden: 0, hiddenBelow: '' });
}

function printRuns(runs: readonly { feed: string; outcome: string; error: string }[]): void {
  for (const { feed: name, outcome, error } of runs) out(`feed ${name}: ${outcome} ${error}\n`);
}

async function serveFeed(first: string) {
  let current = first;
  const server = createServer((_request, response) => {
    readFile(new URL(`../feeds/debian-tracker/${current}`, import.meta.url)).then(
      (bytes) => response.end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  return {
    server,
    url: `${await listen(server)}/tracker/data/json`,
    serve: (name: string) => {
      current = name;
    },
  };
}

interface Callback {
  readonly notification_id: string;
  readonly callback: string;
}

async function receiveWebhooks() {
  const waiting = Promise.withResolvers<Callback>();
  const server = createServer(async (request, response) => {
    const pieces: Uint8Array[] = [];
    for await (const piece of request) pieces.push(piece);
    response.writeHead(204).end();
    waiting.resolve(JSON.parse(Buffer.concat(pieces).toString('utf8')));
  });
  const url = `${await listen(server)}/hook`;
  const timeout = AbortSignal.timeout(30_000);
  timeout.addEventListener('abort', () => waiting.reject(new Error('no webhook arrived within 30 seconds')));
  return { server, url, next: () => waiting.promise };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Safety: a server that listens on a port has such an address.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The callback of a webhook names our port, so it has to be known before the service starts. */
async function freePort(): Promise<number> {
  const server = createServer();
  const port = Number(new URL(await listen(server)).port);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
