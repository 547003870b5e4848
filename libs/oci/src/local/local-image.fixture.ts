import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createGuard } from '../http/address-guard.ts';
import { parseReference } from '../image/image-reference.ts';
import { MEDIA_TYPES } from '../image/manifest.ts';
import { resolveImage } from '../image/resolve-image.ts';
import { DEFAULT_LAYER_LIMITS } from '../layer/layer-limits.ts';
import { readLayer } from '../layer/read-layer.ts';
import { END_BLOCKS, RecordingVisitor, rawEntry } from '../tar/raw-tar.fixture.ts';

export const NEVER = new AbortController().signal;
const guard = createGuard({ allowPrivate: false, allowLoopback: false });
export const LAYER_A = Buffer.concat([rawEntry({ name: 'a' }, 'one'), END_BLOCKS]);
export const LAYER_B = Buffer.concat([rawEntry({ name: 'b' }, 'two'), END_BLOCKS]);
export const READ_A = ['file a = one'];
export const READ_B = ['file b = two'];

/** The digest of `bytes`. */
export function sha256(bytes: Buffer | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Files by path below the directory `root`, which is returned. */
export async function writeTree(root: string, files: Readonly<Record<string, Buffer | string>>): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  return root;
}

export async function resolve(text: string) {
  const reference = parseReference(text);
  if (!reference.ok) throw new Error(reference.error.message);
  return resolveImage(reference.value, { guard, signal: NEVER });
}

/** What the layers hold, read through `open` and verified. */
export async function contents(text: string): Promise<readonly string[][]> {
  const image = await resolve(text);
  if (!image.ok) throw new Error(image.error.message);
  const read: string[][] = [];
  for (const layer of image.value.layers) {
    const visitor = new RecordingVisitor();
    const blob = await image.value.open?.(layer);
    if (blob === undefined) throw new Error('a local image without open');
    const result = await readLayer(blob, layer.digest, DEFAULT_LAYER_LIMITS, visitor, NEVER);
    if (!result.ok) throw new Error(result.error.message);
    if (result.value.blobBytes !== layer.size)
      throw new Error(`${layer.size} bytes announced, ${result.value.blobBytes} read`);
    read.push(visitor.events);
  }
  return read;
}

/** The blobs of an image, by the path that a layout gives them. */
export function layoutBlobs(layers: readonly Buffer[], architecture = 'amd64') {
  const blobs: Record<string, Buffer> = {};
  const add = (bytes: Buffer, mediaType: string) => {
    blobs[`blobs/sha256/${sha256(bytes).slice(7)}`] = bytes;
    return { mediaType, digest: sha256(bytes), size: bytes.length };
  };
  const config = add(
    Buffer.from(JSON.stringify({ os: 'linux', architecture })),
    'application/vnd.oci.image.config.v1+json',
  );
  const entries = layers.map((layer) => add(layer, 'application/vnd.oci.image.layer.v1.tar+gzip'));
  const manifest = add(
    Buffer.from(JSON.stringify({ schemaVersion: 2, config, layers: entries })),
    MEDIA_TYPES.ociManifest,
  );
  return { blobs, manifest };
}

export function layoutFiles(
  manifests: readonly unknown[],
  ...blobs: readonly Record<string, Buffer>[]
): Record<string, Buffer> {
  const files: Record<string, Buffer> = {
    'oci-layout': Buffer.from('{"imageLayoutVersion":"1.0.0"}'),
    'index.json': Buffer.from(JSON.stringify({ schemaVersion: 2, manifests })),
  };
  return Object.assign(files, ...blobs);
}

export function tagged(manifest: object, tag: string) {
  return { ...manifest, annotations: { 'org.opencontainers.image.ref.name': tag } };
}
