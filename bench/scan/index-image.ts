import { createHash } from 'node:crypto';
import { launch } from '@clair/clair';
import { createLogger, readConfig } from '@clair/service-kit';
import { peakRssBytes } from '../peak-rss.ts';
import type { IndexedImage, IndexRequest } from './measured-image.ts';

// Indexes one image through the whole service over HTTP, as a registry asks for it; prints an IndexedImage.

// Safety: the bench that starts this process writes its one argument from that type.
const request = JSON.parse(process.argv[2] ?? '') as IndexRequest;
const clair = await launch({
  config: configuration(),
  mode: 'combo',
  log: createLogger({ level: 'error', name: 'bench' }),
});
const hash = `sha256:${createHash('sha256').update(JSON.stringify(request.layers)).digest('hex')}`;
const layers = request.layers.map(({ digest, url }) => ({ hash: digest, uri: url, headers: {} }));
const idleRssBytes = process.memoryUsage.rss();
const started = performance.now();
const answer = await fetch(`http://127.0.0.1:${clair.httpPort}/indexer/api/v1/index_report`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ hash, layers }),
});
const text = await answer.text();
const seconds = (performance.now() - started) / 1000;
const peak = peakRssBytes();
if (!answer.ok) throw new Error(`${answer.status}: ${text.slice(0, 500)}`);
// Safety: another answer has no packages, which fails here.
const report = JSON.parse(text) as { readonly packages: Readonly<Record<string, unknown>> };
await clair.stop();
const indexed: IndexedImage = {
  seconds,
  idleRssBytes,
  peakRssBytes: peak,
  packages: Object.keys(report.packages).length,
};
process.stdout.write(JSON.stringify(indexed));
process.exit(0);

function configuration() {
  const nowhere = '127.0.0.1:0';
  const database = { connstring: request.connstring, migrations: true };
  const config = JSON.stringify({
    http_listen_addr: nowhere,
    introspection_addr: nowhere,
    grpc: { listen_addr: nowhere },
    indexer: database,
    matcher: { ...database, disable_updaters: true },
    notifier: database,
    updater: database,
  });
  const reading = readConfig([{ name: 'bench.json', text: config }], { mode: 'combo' });
  if (reading.ok) return reading.value.config;
  throw new Error(JSON.stringify(reading.error));
}
