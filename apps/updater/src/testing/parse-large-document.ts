import { join } from 'node:path';
import { debian } from '@clair/feeds';
import { parsePartition } from '../run/parse-partition.ts';
import { withWorkDirectory } from '../run/work-directory.ts';

/** Reads a made-up tracker document of as many MB as the argument says, and prints what came of it and the peak memory. */
const documentBytes = Number(process.argv[2]) * 1_000_000;
let written = 0;

async function* document(): AsyncGenerator<Uint8Array> {
  const description = 'A flaw that somebody wrote two lines about, which is what they tend to be. '.repeat(3);
  const releases = Object.fromEntries(
    ['bullseye', 'bookworm', 'trixie', 'forky', 'sid'].map((codename) => [
      codename,
      { status: 'resolved', repositories: { [codename]: '1.2-3' }, fixed_version: '1.2-3', urgency: 'medium' },
    ]),
  );
  let text = '{';
  for (let source = 0; written < documentBytes; source++) {
    const records = Array.from({ length: 20 }, (_, i) => [`CVE-2024-${10_000 + i}`, { description, releases }]);
    text += `${source === 0 ? '' : ','}"package${source}":${JSON.stringify(Object.fromEntries(records))}`;
    if (text.length < 65_536) continue;
    const bytes = Buffer.from(text);
    written += bytes.length;
    text = '';
    yield bytes;
  }
  yield Buffer.from(`${text}}`);
}

await withWorkDirectory(async (directory) => {
  const partition = {
    name: 'all',
    namespaces: [],
    request: { url: 'https://tracker.example/', bytesMax: documentBytes },
  };
  const parsed = await parsePartition(debian, partition, {
    document: { path: '', content: document() },
    spoolPath: join(directory, 'spool'),
  });
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  process.stdout.write(JSON.stringify({ ...(parsed.ok ? parsed.value : { error: parsed.error }), written, peakBytes }));
});
