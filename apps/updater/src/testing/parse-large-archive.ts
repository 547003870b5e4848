import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { parsePartition } from '../run/parse-partition.ts';
import { withWorkDirectory } from '../run/work-directory.ts';
import { linesFeed, linesPartition } from './lines-feed.ts';

/**
 * Reads a file of the feed of lines as a partition, and prints what came of it, the seconds and the peak memory. Arguments:
 * the path, and `zip`, `tar` or `document`.
 */
const [path = '', format] = process.argv.slice(2);
const archiveOf = (format: 'zip' | 'tar') => ({
  format,
  wants: (name: string) => name.endsWith('.txt'),
  memberBytesMax: 10_000_000,
});
const archive = format === 'zip' || format === 'tar' ? { archive: archiveOf(format) } : {};
const partition = linesPartition('all', 'https://lines.example/', archive);
const feed = linesFeed({ kind: 'partitions', partitions: [partition] });

await withWorkDirectory(async (directory) => {
  const startedMs = performance.now();
  const document = { path, content: createReadStream(path, { highWaterMark: 256 * 1024 }) };
  const parsed = await parsePartition(feed, partition, { document, spoolPath: join(directory, 'spool') });
  const seconds = (performance.now() - startedMs) / 1000;
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  process.stdout.write(JSON.stringify({ ...(parsed.ok ? parsed.value : { error: parsed.error }), seconds, peakBytes }));
});
