import { readFileSync } from 'node:fs';
import { startTestIndexer } from './test-indexer.ts';

/**
 * An indexer in a process of its own, to be killed: indexes the manifest in the file of its second argument, on the
 * database of the first. Says `started` before.
 */
const [, , connstring = '', manifestFile = ''] = process.argv;
const indexer = await startTestIndexer({ connstring, layerLeaseMs: 1500 });
process.stdout.write('started\n');
await indexer.post(JSON.parse(readFileSync(manifestFile, 'utf8')));
