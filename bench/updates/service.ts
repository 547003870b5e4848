import { launch } from '@clair/clair';
import { type Feed, feedById } from '@clair/feeds';
import { createLogger, readConfig } from '@clair/service-kit';
import type { MeasuredRun, ServiceRequest } from './measured-run.ts';

// The whole service in a process of its own, which runs one feed whenever it is told to and sends a MeasuredRun. The only thing that
// is not the product's is a clock around the feed's `parse`.

// Safety: the bench that starts this process writes its one argument from that type.
const { feed: id, options, connstring } = JSON.parse(process.argv[2] ?? '') as ServiceRequest;
const feed = feedById(id);
if (feed === undefined) throw new Error(`there is no feed ${id}`);
let readAt = 0;
Object.assign(feed, { parse: timedParse(feed) });
const nowhere = '127.0.0.1:0';
const reading = readConfig(
  [
    {
      name: 'bench.json',
      text: JSON.stringify({
        http_listen_addr: nowhere,
        introspection_addr: nowhere,
        grpc: { listen_addr: nowhere },
        indexer: { connstring, migrations: true },
        matcher: { connstring, migrations: true },
        notifier: { connstring, migrations: true },
        updater: { connstring, migrations: true, schedule: false },
        updaters: { sets: [id], config: { [id]: options } },
      }),
    },
  ],
  { mode: 'combo' },
);
if (!reading.ok) throw new Error(JSON.stringify(reading.error));
const log = createLogger({ level: 'error', name: 'bench' });
const clair = await launch({ config: reading.value.config, mode: 'combo', log });

process.on('message', async (message) => {
  if (message === 'stop') {
    await clair.stop();
    process.exit(0);
  }
  const started = performance.now();
  readAt = started;
  const [outcome] = (await clair.services.updater?.run([id], { force: false })) ?? [];
  const seconds = (performance.now() - started) / 1000;
  const run: MeasuredRun = {
    outcome: outcome?.outcome ?? '',
    error: outcome?.error ?? '',
    seconds,
    readSeconds: (readAt - started) / 1000,
  };
  process.send?.(run);
});
process.send?.('ready');

function timedParse({ parse }: Feed): Feed['parse'] {
  return async function* timed(partition, document, aids) {
    yield* parse(partition, document, aids);
    readAt = performance.now();
  };
}
