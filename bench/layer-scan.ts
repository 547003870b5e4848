import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { scanLayer } from '@clair/indexer';
import { ok } from '@clair/model';
import { DEFAULT_LAYER_LIMITS } from '@clair/oci';
import { SCANNERS } from '@clair/scanners';

// One scan of one blob in a process of its own, as the indexer does it; prints what it took.

const [blob = ''] = process.argv.slice(2);
const hash = createHash('sha256');
for await (const chunk of createReadStream(blob)) hash.update(chunk);
const digest = `sha256:${hash.digest('hex')}`;

const started = performance.now();
const report = await scanLayer(
  digest,
  async () => ok(Object.assign(createReadStream(blob, { highWaterMark: 256 * 1024 }), { contentBytes: undefined })),
  {
    scanners: SCANNERS,
    limits: DEFAULT_LAYER_LIMITS,
    signal: new AbortController().signal,
  },
);
if (!report.ok) throw new Error(report.error.message);
process.stdout.write(
  JSON.stringify({
    seconds: (performance.now() - started) / 1000,
    blobBytes: report.value.blobBytes,
    packages: report.value.files.reduce((sum, file) => sum + file.packages.length, 0),
    peakRssMiB: process.resourceUsage().maxRSS / 1024,
  }),
);
