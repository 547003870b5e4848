import { createReadStream } from 'node:fs';
import { scanLayer } from '@clair/indexer';
import { ok } from '@clair/model';
import { DEFAULT_LAYER_LIMITS } from '@clair/oci';
import { SCANNERS, type Scanner } from '@clair/scanners';
import type { ScannedImage, ScanRequest } from './measured-image.ts';

// Scans the layers of an image one after the other, as the indexer does it, with a clock around each scanner; prints a ScannedImage.

interface Share {
  readonly scanner: string;
  files: number;
  packages: number;
  seconds: number;
}

// Safety: the bench that starts this process writes its one argument from that type.
const { layers } = JSON.parse(process.argv[2] ?? '') as ScanRequest;
const shares: Share[] = SCANNERS.map(({ id }) => ({ scanner: id, files: 0, packages: 0, seconds: 0 }));
const scanners = SCANNERS.map((scanner, index) => timed(scanner, shares[index] ?? shareOf(scanner)));

const started = performance.now();
for (const { digest, path } of layers) {
  const open = async () =>
    ok(Object.assign(createReadStream(path, { highWaterMark: 256 * 1024 }), { contentBytes: undefined }));
  const limits = DEFAULT_LAYER_LIMITS;
  const report = await scanLayer(digest, open, { scanners, limits, signal: new AbortController().signal });
  if (!report.ok) throw new Error(report.error.message);
}
const scanned: ScannedImage = { seconds: (performance.now() - started) / 1000, scanners: shares };
process.stdout.write(JSON.stringify(scanned));

function shareOf({ id }: Scanner): Share {
  return { scanner: id, files: 0, packages: 0, seconds: 0 };
}

/** `wants` is too short to be timed: it is in what is not a scanner's. */
function timed(scanner: Scanner, share: Share): Scanner {
  const { wantsContent } = scanner;
  const clocked = <T>(work: () => T): T => {
    const before = performance.now();
    try {
      return work();
    } finally {
      share.seconds += (performance.now() - before) / 1000;
    }
  };
  return {
    ...scanner,
    ...(wantsContent !== undefined && { wantsContent: (head) => clocked(() => wantsContent(head)) }),
    read(file) {
      const outcome = clocked(() => scanner.read(file));
      share.files += 1;
      if (outcome.ok) share.packages += outcome.value.packages.length;
      return outcome;
    },
  };
}
