import { type Digest, digestAlgorithm, digestHex, err, ok, type Result } from '@clair/model';
import { type ImageError, imageError } from '../image/image-error.ts';
import type { ImageStore, StoredManifest } from '../image/image-store.ts';
import { isRecord, parseJson } from '../image/json.ts';
import {
  type Descriptor,
  isForeignLayer,
  isIndexType,
  isManifestType,
  MANIFEST_BYTES_MAX,
  readManifest,
} from '../image/manifest.ts';
import type { Platform } from '../image/platform.ts';
import type { ResolvedImage } from '../image/resolved-image.ts';
import { type ImageRoot, readRoot, selectImage } from '../image/select-image.ts';
import type { BlobFiles } from './blob-files.ts';

const REF_NAME = 'org.opencontainers.image.ref.name';

export interface LayoutChoice {
  readonly tag: string | undefined;
  readonly digest: Digest | undefined;
  readonly platform: Platform | undefined;
}

/**
 * Resolves an image of an OCI layout, on disk or in an archive.
 * @see https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 */
export async function resolveLayoutImage(
  files: BlobFiles,
  choice: LayoutChoice,
): Promise<Result<ResolvedImage, ImageError>> {
  const marker = await readJson(files, 'oci-layout');
  if (!marker.ok) return marker;
  if (!isRecord(marker.value) || typeof marker.value.imageLayoutVersion !== 'string') {
    return err(
      imageError('malformed', `${files.name}: this is no OCI layout (its file oci-layout is missing or does not read)`),
    );
  }
  const index = await files.read('index.json', MANIFEST_BYTES_MAX);
  if (!index.ok) return index;
  if (index.value === undefined) return err(imageError('malformed', `${files.name}: index.json is missing`));
  const manifest = readManifest(index.value, '', `${files.name}: index.json`);
  if (!manifest.ok) return manifest;
  if (manifest.value.kind !== 'index') return err(imageError('malformed', `${files.name}: index.json is no index`));
  const store = layoutStore(files);
  const root = await chooseRoot(store, manifest.value.manifests, choice);
  if (!root.ok) return root;
  const selected = await selectImage(store, root.value, choice.platform);
  if (!selected.ok) return selected;
  return ok({ ...selected.value, open: (layer) => files.open(blobPath(layer.digest)) });
}

/** By digest, by tag, or all of the layout when its images differ in nothing but the platform. */
async function chooseRoot(
  store: ImageStore,
  entries: readonly Descriptor[],
  { tag, digest }: LayoutChoice,
): Promise<Result<ImageRoot, ImageError>> {
  if (digest !== undefined) return loadRoot(store, digest);
  const images = entries.filter((entry) => isManifestType(entry.mediaType) || isIndexType(entry.mediaType));
  const chosen = tag === undefined ? images : images.filter((entry) => isTagged(entry, tag));
  const tags = [...new Set(images.map((entry) => entry.annotations[REF_NAME] ?? ''))]
    .filter((name) => name !== '')
    .sort();
  const list = tags.length === 0 ? '' : `: ${tags.slice(0, 50).join(', ')}`;
  const [first] = chosen;
  if (first === undefined) {
    const what = tag === undefined ? 'no image' : `no image with the tag ${JSON.stringify(tag)}`;
    return err(imageError('not-found', `${store.name}: there is ${what} in this layout${list}`));
  }
  if (chosen.length === 1) return loadRoot(store, first.digest, first.mediaType);
  if (tag === undefined && tags.length > 1) {
    return err(imageError('ambiguous', `${store.name}: several images; choose one with oci:DIR:TAG${list}`));
  }
  // Only the entries of one image are left: they are its platforms.
  return ok({ digest: first.digest, manifest: { kind: 'index', manifests: chosen } });
}

/** Tools write the tag alone, or the whole reference. */
function isTagged({ annotations }: Descriptor, tag: string): boolean {
  const name = annotations[REF_NAME] ?? '';
  return (
    name === tag || name.endsWith(`:${tag}`) || annotations['io.containerd.image.name']?.endsWith(`:${tag}`) === true
  );
}

async function loadRoot(store: ImageStore, digest: Digest, mediaType = ''): Promise<Result<ImageRoot, ImageError>> {
  const stored = await store.manifest(digest);
  return stored.ok ? readRoot(stored.value.bytes, { digest, mediaType, name: store.name }) : stored;
}

function layoutStore(files: BlobFiles): ImageStore {
  return {
    name: files.name,
    manifest: async (digest): Promise<Result<StoredManifest, ImageError>> => {
      const bytes = await readBlob(files, digest);
      return bytes.ok ? ok({ bytes: bytes.value, mediaType: '' }) : bytes;
    },
    config: ({ digest }) => readBlob(files, digest),
    layer: ({ digest, mediaType, size }) => ({
      digest,
      mediaType,
      size,
      uri: '',
      headers: {},
      foreign: isForeignLayer(mediaType),
    }),
  };
}

async function readBlob(files: BlobFiles, digest: Digest): Promise<Result<Uint8Array, ImageError>> {
  const bytes = await files.read(blobPath(digest), MANIFEST_BYTES_MAX);
  if (!bytes.ok) return bytes;
  return bytes.value === undefined
    ? err(imageError('not-found', `${files.name}: the blob ${digest} is missing`))
    : ok(bytes.value);
}

function blobPath(digest: Digest): string {
  return `blobs/${digestAlgorithm(digest)}/${digestHex(digest)}`;
}

async function readJson(files: BlobFiles, path: string): Promise<Result<unknown, ImageError>> {
  const bytes = await files.read(path, MANIFEST_BYTES_MAX);
  if (!bytes.ok) return bytes;
  return ok(bytes.value === undefined ? undefined : parseJson(bytes.value));
}
