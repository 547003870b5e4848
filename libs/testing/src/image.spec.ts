import { spawnSync } from 'node:child_process';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { buildImage, buildLayer, sha256Digest } from './image.ts';
import { buildTar, type TarEntry } from './tar.ts';

const LONG = `${'directory/'.repeat(14)}${'é'.repeat(30)}`;
const ENTRIES: readonly TarEntry[] = [
  { path: 'etc', type: 'directory' },
  { path: 'etc/empty', content: '' },
  { path: 'etc/block', content: 'x'.repeat(512), mode: 0o4755, uid: 7 },
  { path: LONG, content: 'long' },
  { path: 'link', type: 'symlink', target: LONG },
  { path: 'hard', type: 'hardlink', target: 'etc/block' },
  { path: 'fifo', type: 'fifo' },
];
const listed = (tar: Uint8Array) =>
  spawnSync('tar', ['-tf', '-'], { input: tar, encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
const noTar = !spawnSync('tar', ['--version'], { encoding: 'utf8' }).stdout?.includes('GNU tar');

describe('buildTar', () => {
  it.skipIf(noTar).each([
    ['PAX', {}],
    ['GNU', { longNames: 'gnu' }],
  ] as const)('writes %s archives that tar reads', (_name, options) => {
    const { stdout, stderr, status } = listed(buildTar(ENTRIES, options));
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(listedPaths(stdout)).toEqual(['etc/', 'etc/empty', 'etc/block', LONG, 'link', 'hard', 'fifo']);
  });

  it.skipIf(noTar)('reads back the content', () => {
    const tar = buildTar(ENTRIES);
    const read = (path: string) => spawnSync('tar', ['-xOf', '-', path], { input: tar, encoding: 'utf8' }).stdout;
    expect([read('etc/block'), read(LONG)]).toEqual(['x'.repeat(512), 'long']);
  });

  it.skipIf(noTar).each([95, 96, 97, 98, 99, 100, 101, 990, 999, 1000])(
    'counts the length of a PAX record of %i bytes',
    (bytes) => {
      const path = 'p'.repeat(bytes);
      expect(listed(buildTar([{ path, content: '' }], { paxRecords: { comment: 'c' } })).stdout).toBe(`${path}\n`);
    },
  );
});

describe('buildLayer', () => {
  it('has the digests of what it holds, the same each time', () => {
    const layer = buildLayer(ENTRIES);
    expect(layer.digest).toBe(sha256Digest(layer.bytes));
    expect(layer.diffId).toBe(sha256Digest(buildTar(ENTRIES)));
    expect(buildLayer(ENTRIES).digest).toBe(layer.digest);
  });

  it('compresses as asked', () => {
    const tar = Buffer.from(buildTar(ENTRIES));
    expect(gunzipSync(buildLayer(ENTRIES).bytes)).toEqual(tar);
    expect(zstdDecompressSync(buildLayer(ENTRIES, { compression: 'zstd' }).bytes)).toEqual(tar);
    expect(Buffer.from(buildLayer(ENTRIES, { compression: 'none' }).bytes)).toEqual(tar);
  });
});

it('buildImage describes its layers, the lowest first', () => {
  const layers = [buildLayer([{ path: 'a', content: '1' }]), buildLayer([{ path: 'b', content: '2' }])];
  const image = buildImage(layers, { architecture: 'arm64' });
  const manifest = JSON.parse(Buffer.from(image.manifest.bytes).toString());
  const config = JSON.parse(Buffer.from(image.config.bytes).toString());
  expect(manifest.layers.map((layer: { digest: string }) => layer.digest)).toEqual(layers.map((layer) => layer.digest));
  expect(manifest.config).toEqual({
    mediaType: image.config.mediaType,
    digest: image.config.digest,
    size: image.config.bytes.length,
  });
  expect(config).toMatchObject({ architecture: 'arm64', rootfs: { diff_ids: layers.map((layer) => layer.diffId) } });
});

/** In the C locale, GNU tar lists bytes beyond ASCII as octal escapes. */
function listedPaths(listing: string): string[] {
  const bytes = listing.replace(/\\(\d{3})/g, (_match, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
  return Buffer.from(bytes, 'latin1').toString().trimEnd().split('\n');
}
