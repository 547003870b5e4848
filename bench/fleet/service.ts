import { launch } from '@clair/clair';
import { createLogger, type Mode, readConfig } from '@clair/service-kit';

// One service of the product in a process of its own, so that its peak memory is its own. Says `ready`.

const [mode = '', text = ''] = process.argv.slice(2);
const reading = readConfig([{ name: 'bench.json', text }], { mode: mode as Mode }); // Safety: the bench gives a mode.
if (!reading.ok) throw new Error(JSON.stringify(reading.error));
await launch({
  config: reading.value.config,
  mode: mode as Mode, // Safety: as above.
  log: createLogger({ level: 'warn', name: mode, destination: process.stderr }),
});
process.stdout.write('ready\n');
