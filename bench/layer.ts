import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { quantile } from './median.ts';

const ROUNDS = 5;

/** Floor and scan in turns, so that a noisy minute hits both. */
export async function layer(blobs: readonly string[]): Promise<void> {
  if (blobs.length === 0) throw new Error('which blobs? npm run bench -- layer FILE…');
  const rows = blobs.map((blob) => {
    const floors: number[] = [];
    const scans: Scan[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      floors.push(floorSeconds(blob));
      scans.push(scan(blob));
    }
    const floor = quantile(floors, 0.5);
    const seconds = quantile(
      scans.map((one) => one.seconds),
      0.5,
    );
    return {
      blob: blob.slice(-20),
      MiB: ((scans[0]?.blobBytes ?? 0) / 2 ** 20).toFixed(1),
      entries: scans[0]?.entries ?? 0,
      packages: scans[0]?.packages ?? 0,
      'gzip -dc | sha256sum s': floor.toFixed(3),
      'read + scan s': seconds.toFixed(3),
      ratio: (seconds / floor).toFixed(2),
      'peak RSS MiB': Math.max(...scans.map((one) => one.peakRssMiB)).toFixed(0),
    };
  });
  console.table(rows);
}

function floorSeconds(blob: string): number {
  const started = performance.now();
  const { status } = spawnSync('bash', ['-c', 'set -o pipefail; gzip -dc "$1" | sha256sum >/dev/null', 'floor', blob]);
  if (status !== 0) throw new Error(`${blob} is not a gzip file`);
  return (performance.now() - started) / 1000;
}

interface Scan {
  readonly seconds: number;
  readonly blobBytes: number;
  readonly entries: number;
  readonly packages: number;
  readonly peakRssMiB: number;
}

function scan(blob: string): Scan {
  const script = fileURLToPath(new URL('./layer-scan.ts', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, blob], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}
