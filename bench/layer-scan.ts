import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { DEFAULT_LAYER_LIMITS, readLayer } from '@clair/oci';
import { LayerReportBuilder, SCANNERS } from '@clair/scanners';

// One scan of one blob in a process of its own, as the indexer does it; prints what it took.

const [blob = ''] = process.argv.slice(2);
const hash = createHash('sha256');
for await (const chunk of createReadStream(blob)) hash.update(chunk);
const digest = `sha256:${hash.digest('hex')}`;

const started = performance.now();
const builder = new LayerReportBuilder(SCANNERS);
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const summary = await readLayer(
  createReadStream(blob, { highWaterMark: 256 * 1024 }),
  digest,
  DEFAULT_LAYER_LIMITS,
  {
    directory: (path) => builder.directory(path),
    other: (path) => builder.other(path),
    hardlink: (path, target) => builder.hardlink(path, target),
    wants: (path, size) => {
      const bytesMax = builder.wants(path);
      return bytesMax > 0 && size <= bytesMax;
    },
    file: (path, content) => builder.file(path, content, text),
    skipped: (path) => builder.skip(path),
  },
  new AbortController().signal,
);
if (!summary.ok) throw new Error(summary.error.message);
const report = builder.finish(summary.value);
process.stdout.write(
  JSON.stringify({
    seconds: (performance.now() - started) / 1000,
    blobBytes: summary.value.blobBytes,
    entries: summary.value.entries,
    packages: report.files.reduce((sum, file) => sum + file.packages.length, 0),
    peakRssMiB: process.resourceUsage().maxRSS / 1024,
  }),
);
