import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { buildTar, type TarEntry, type TarOptions } from './tar.ts';

export type LayerCompression = 'gzip' | 'zstd' | 'none';

/** A blob under its digest, and the media type it is served with. */
export interface Blob {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** A layer of a test image. */
export interface Layer extends Blob {
  /** Digest of the tar stream, which an image's configuration names. */
  readonly diffId: string;
}

/** A test image for one platform. */
export interface Image {
  readonly manifest: Blob;
  readonly config: Blob;
  readonly layers: readonly Layer[];
}

const LAYER_MEDIA_TYPES = {
  gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  none: 'application/vnd.oci.image.layer.v1.tar',
} as const satisfies Record<LayerCompression, string>;

/** `sha256:…` of `bytes`. */
export function sha256Digest(bytes: Uint8Array | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** A layer that holds `entries`; compressed with gzip unless told otherwise. The same entries give the same digest. */
export function buildLayer(
  entries: readonly TarEntry[],
  options: TarOptions & { readonly compression?: LayerCompression } = {},
): Layer {
  const tar = buildTar(entries, options);
  return compressLayer(tar, options.compression ?? 'gzip');
}

/** A layer of any bytes as its tar stream: for archives that are broken on purpose. */
export function compressLayer(tar: Uint8Array, compression: LayerCompression): Layer {
  const bytes = new Uint8Array(compressed(tar, compression));
  return { digest: sha256Digest(bytes), mediaType: LAYER_MEDIA_TYPES[compression], bytes, diffId: sha256Digest(tar) };
}

/**
 * An image of `layers`, the lowest first.
 * @see https://github.com/opencontainers/image-spec/blob/main/manifest.md
 */
export function buildImage(
  layers: readonly Layer[],
  options: { readonly architecture?: string; readonly os?: string } = {},
): Image {
  const config = jsonBlob('application/vnd.oci.image.config.v1+json', {
    architecture: options.architecture ?? 'amd64',
    os: options.os ?? 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.diffId) },
  });
  const manifest = jsonBlob('application/vnd.oci.image.manifest.v1+json', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: descriptor(config),
    layers: layers.map(descriptor),
  });
  return { manifest, config, layers };
}

/** A blob of `value` as JSON. */
export function jsonBlob(mediaType: string, value: unknown): Blob {
  const bytes = new Uint8Array(Buffer.from(JSON.stringify(value)));
  return { digest: sha256Digest(bytes), mediaType, bytes };
}

/** What a manifest or an index says of a blob. */
export function descriptor(blob: Blob): { readonly mediaType: string; readonly digest: string; readonly size: number } {
  return { mediaType: blob.mediaType, digest: blob.digest, size: blob.bytes.length };
}

function compressed(tar: Uint8Array, compression: LayerCompression): Uint8Array {
  if (compression === 'gzip') return gzipSync(tar);
  return compression === 'zstd' ? zstdCompressSync(tar) : tar;
}
