import { launch } from '@clair/clair';
import { type Feed, feedById } from '@clair/feeds';
import { createLogger, readConfig } from '@clair/service-kit';
import { peakRssBytes } from '../peak-rss.ts';
import type { LoadedFeed, LoadRequest } from './loaded-feed.ts';

// One run of one feed in a process of its own: the whole service on the database named, its updater and its matcher. Prints
// a LoadedFeed. The only thing that is not the product's is a counter around the feed's `parse`.

// Safety: the bench that starts this process writes its one argument from that type.
const request = JSON.parse(process.argv[2] ?? '') as LoadRequest;
const counted = { documents: 0, inflatedBytes: 0, records: 0, rejected: 0, reasons: new Map<string, number>() };
const REASONS_MAX = 10_000;

const feed = feedById(request.feed);
if (feed === undefined) throw new Error(`there is no feed ${request.feed}`);
Object.assign(feed, { parse: countingParse(feed) });

const clair = await launch({
  config: configuration(),
  mode: 'combo',
  log: createLogger({ level: 'error', name: 'bench' }),
});
const idlePeakRssBytes = peakRssBytes();
const started = performance.now();
const outcomes = request.isIdle ? [] : await clair.services.updater?.run([request.feed], { force: false });
const seconds = (performance.now() - started) / 1000;
const peak = peakRssBytes();
const status = (await clair.services.updater?.statuses())?.find((one) => one.feed === request.feed);
await clair.stop();
const loaded: LoadedFeed = {
  outcome: outcomes?.[0]?.outcome ?? '',
  error: outcomes?.[0]?.error ?? '',
  operation: outcomes?.[0]?.operation ?? 0,
  seconds,
  idlePeakRssBytes,
  peakRssBytes: peak,
  advisories: status?.advisories ?? 0,
  rejected: status?.rejectedRecords ?? 0,
  counted: { ...counted, reasons: Object.fromEntries(counted.reasons) },
};
process.stdout.write(JSON.stringify(loaded));
process.exit(0);

function configuration() {
  const nowhere = '127.0.0.1:0';
  const { connstring } = request;
  const text = JSON.stringify({
    http_listen_addr: nowhere,
    introspection_addr: nowhere,
    grpc: { listen_addr: nowhere },
    indexer: { connstring, migrations: true },
    matcher: { connstring, migrations: true },
    notifier: { connstring, migrations: true },
    updater: { connstring, migrations: true, schedule: false },
    updaters: { sets: [request.feed], config: { [request.feed]: request.options } },
  });
  const reading = readConfig([{ name: 'bench.json', text }], { mode: 'combo' });
  if (reading.ok) return reading.value.config;
  throw new Error(JSON.stringify(reading.error));
}

function countingParse({ parse }: Feed): Feed['parse'] {
  return async function* counting(partition, document, aids) {
    counted.documents += 1;
    for await (const record of parse(partition, countingBytes(document), aids)) {
      counted.records += 1;
      if (!record.ok) {
        counted.rejected += 1;
        const kind = kindOf(record.error.reason);
        if (counted.reasons.size < REASONS_MAX) counted.reasons.set(kind, (counted.reasons.get(kind) ?? 0) + 1);
      }
      yield record;
    }
  };
}

async function* countingBytes(document: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  for await (const chunk of document) {
    counted.inflatedBytes += chunk.length;
    yield chunk;
  }
}

/** Reasons that differ in what they quote are one. */
function kindOf(reason: string): string {
  return reason
    .replace(/"(?:[^"\\]|\\.)*"/g, '"…"')
    .replace(/'[^']*'/g, '‘…’')
    .replace(/\b(?:CVE|RHSA|ALSA|ELSA|RXSA|RLSA)-[\w:-]+/g, 'ID')
    .replace(/\d+/g, 'N')
    .slice(0, 160);
}
