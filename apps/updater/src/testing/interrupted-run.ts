import { RecordingMatcher } from './recording-matcher.ts';
import { feedConfig, openUpdaterDatabase, updaterService } from './updater-fixture.ts';

/**
 * A process to be killed: it runs the Debian feed and says `sending` when the matcher has seen the update's first message,
 * which is then never taken. Arguments: a connstring, the URL of the feeds, the time of the lease in ms.
 */
const [connstring = '', url = '', leaseMs = ''] = process.argv.slice(2);
const matcher = new RecordingMatcher();
matcher.onMessage = async () => {
  process.stdout.write('sending\n');
  await new Promise((resolve) => setTimeout(resolve, 60_000));
};
const db = await openUpdaterDatabase(connstring);
await updaterService({ db, config: feedConfig({ url }), matcher, leaseMs: Number(leaseMs) }).run([], { force: false });
