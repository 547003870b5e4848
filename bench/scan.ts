import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, startEmbeddedPostgres } from '@clair/postgres';
import { serveSite } from './feeds/site-server.ts';
import { quantile } from './median.ts';
import type { IndexedImage, ScannedImage } from './scan/measured-image.ts';
import { runMeasured } from './scan/run-measured.ts';

const ROUNDS = 5;
const MIB = 2 ** 20;

/**
 * The whole index of an image of an OCI layout: fetched over HTTP from loopback, read, scanned, stored; the combo process, in turns with
 * `gzip -dc | sha256sum` over the same blobs. Then the share of each scanner, and of all that is not a scanner.
 */
export async function scan(args: readonly string[]): Promise<void> {
  const [directory, tag] = args;
  if (directory === undefined || tag === undefined) {
    throw new Error('which image? npm run bench -- scan OCI_LAYOUT TAG');
  }
  const layers = layersOf(directory, tag);
  const root = await mkdtemp(join(tmpdir(), 'clair-bench-scan-'));
  const postgres = await startEmbeddedPostgres({ dataDir: join(root, 'postgres') });
  const server = await serveSite(directory);
  const floors: number[] = [];
  const indexed: IndexedImage[] = [];
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      floors.push(floorSeconds(layers.map(({ path }) => join(directory, path))));
      const connstring = await freshDatabase(postgres.connstring, `round_${round}`);
      const urls = layers.map(({ digest, path }) => ({ digest, url: `${server.url}/${path}` }));
      indexed.push(await runMeasured<IndexedImage>('index-image.ts', { connstring, layers: urls }));
    }
    const scanned = await runMeasured<ScannedImage>('scan-image.ts', {
      layers: layers.map(({ digest, path }) => ({ digest, path: join(directory, path) })),
    });
    printTables({ layers, floors, indexed, scanned });
  } finally {
    await server.close();
    await postgres.stop();
    await rm(root, { recursive: true, force: true });
  }
}

interface LayerBlob {
  readonly digest: string;
  /** Within the layout. */
  readonly path: string;
  readonly size: number;
}

/** @see https://github.com/opencontainers/image-spec/blob/main/image-layout.md */
function layersOf(directory: string, tag: string): readonly LayerBlob[] {
  // Safety: a layout of another shape fails below, with its path.
  const index = readJson(join(directory, 'index.json')) as { manifests: Descriptor[] };
  const found = index.manifests.find((one) => one.annotations?.['org.opencontainers.image.ref.name'] === tag);
  if (found === undefined) throw new Error(`${directory} has no image ${tag}`);
  // Safety: as above.
  const manifest = readJson(join(directory, blobPath(found.digest))) as { layers: Descriptor[] };
  return manifest.layers.map(({ digest, size }) => ({ digest, size, path: blobPath(digest) }));
}

interface Descriptor {
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}

function floorSeconds(blobs: readonly string[]): number {
  const started = performance.now();
  for (const blob of blobs) {
    const { status } = spawnSync('bash', [
      '-c',
      'set -o pipefail; gzip -dc "$1" | sha256sum >/dev/null',
      'floor',
      blob,
    ]);
    if (status !== 0) throw new Error(`${blob} is not a gzip file`);
  }
  return (performance.now() - started) / 1000;
}

async function freshDatabase(connstring: string, name: string): Promise<string> {
  const admin = openDatabase({ connstring, schema: 'public', applicationName: 'bench' });
  await admin.execute(`create database ${name}`);
  await admin.close();
  const url = new URL(connstring);
  url.pathname = `/${name}`;
  return url.href;
}

function printTables(measured: {
  readonly layers: readonly LayerBlob[];
  readonly floors: readonly number[];
  readonly indexed: readonly IndexedImage[];
  readonly scanned: ScannedImage;
}): void {
  const { layers, floors, indexed, scanned } = measured;
  const floor = quantile(floors, 0.5);
  const seconds = quantile(
    indexed.map((one) => one.seconds),
    0.5,
  );
  console.table([
    {
      layers: layers.length,
      'MiB compressed': (layers.reduce((sum, { size }) => sum + size, 0) / MIB).toFixed(0),
      packages: indexed[0]?.packages ?? 0,
      'gzip -dc | sha256sum s': floor.toFixed(2),
      'index s': seconds.toFixed(2),
      ratio: (seconds / floor).toFixed(2),
      'peak RSS MiB': Math.max(...indexed.map(({ peakRssBytes }) => peakRssBytes / MIB)).toFixed(0),
      'before MiB': Math.max(...indexed.map(({ idleRssBytes }) => idleRssBytes / MIB)).toFixed(0),
    },
  ]);
  const inScanners = scanned.scanners.reduce((sum, one) => sum + one.seconds, 0);
  const rest = { scanner: 'all else', files: '', packages: '', seconds: scanned.seconds - inScanners };
  const rows = [...scanned.scanners.filter(({ files }) => files > 0), rest].sort((a, b) => b.seconds - a.seconds);
  console.table(
    rows.map((row) => ({
      ...row,
      seconds: row.seconds.toFixed(3),
      share: `${((100 * row.seconds) / scanned.seconds).toFixed(1)} %`,
    })),
  );
}
