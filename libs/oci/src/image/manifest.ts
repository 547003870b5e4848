import { type Digest, err, ok, parseDigest, type Result } from '@clair/model';
import { type ImageError, imageError } from './image-error.ts';
import { isRecord, parseJson } from './json.ts';
import { normalizePlatform, type Platform } from './platform.ts';

/** Content named by a manifest. @see https://github.com/opencontainers/image-spec/blob/main/descriptor.md */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** Where a foreign layer may be had; http(s) only. */
  readonly urls: readonly string[];
  readonly platform: Platform | undefined;
  readonly annotations: Readonly<Record<string, string>>;
}

export type Manifest =
  | { readonly kind: 'image'; readonly config: Descriptor /** Base first. */; readonly layers: readonly Descriptor[] }
  | { readonly kind: 'index'; readonly manifests: readonly Descriptor[] };

export const MEDIA_TYPES = {
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
} as const;

/** What a registry may answer with. */
export const MANIFEST_ACCEPT: readonly string[] = Object.values(MEDIA_TYPES);

/** The specification asks registries to take manifests of at least this size. */
export const MANIFEST_BYTES_MAX = 4 * 1024 * 1024;

const INDEX_TYPES: ReadonlySet<string> = new Set([MEDIA_TYPES.ociIndex, MEDIA_TYPES.dockerList]);
const IMAGE_TYPES: ReadonlySet<string> = new Set([MEDIA_TYPES.ociManifest, MEDIA_TYPES.dockerManifest]);
const SCHEMA_1_TYPES: ReadonlySet<string> = new Set([
  'application/vnd.docker.distribution.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v1+prettyjws',
]);
const CONFIG_TYPES: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
]);
const LAYERS_MAX = 1000;
const INDEX_ENTRIES_MAX = 5000;

/** Whether a descriptor of this media type leads to another index. */
export function isIndexType(mediaType: string): boolean {
  return INDEX_TYPES.has(mediaType);
}

/** Whether a descriptor of this media type may lead to an image. */
export function isManifestType(mediaType: string): boolean {
  return IMAGE_TYPES.has(mediaType) || SCHEMA_1_TYPES.has(mediaType);
}

/**
 * Reads a manifest or an index. `at` names it in messages; `contentType` is what the server or the descriptor said, and may be
 * empty. A body that can be read both ways is refused: two readers could see two images in it (CVE-2021-41190).
 */
export function readManifest(bytes: Uint8Array, contentType: string, at: string): Result<Manifest, ImageError> {
  const document = parseJson(bytes);
  if (!isRecord(document)) return malformed(at, 'it is no JSON object');
  const stated = baseType(typeof document.mediaType === 'string' ? document.mediaType : contentType);
  if (SCHEMA_1_TYPES.has(stated) || document.schemaVersion === 1 || 'fsLayers' in document) {
    return err(
      imageError('schema-1', `${at}: a manifest of Docker's schema 1, which is not supported; push the image again`),
    );
  }
  const hasManifests = 'manifests' in document;
  const hasLayers = 'layers' in document || 'config' in document;
  if (hasManifests && hasLayers) return malformed(at, 'it is a manifest and an index at once');
  if ((hasManifests && IMAGE_TYPES.has(stated)) || (hasLayers && INDEX_TYPES.has(stated))) {
    return malformed(at, `its content is not of its media type ${stated}`);
  }
  if (hasManifests) return readIndex(document, at);
  if (hasLayers) return readImage(document, at);
  return err(
    imageError('not-an-image', `${at}: neither a manifest nor an index${stated === '' ? '' : ` (${stated})`}`),
  );
}

function readIndex(document: Readonly<Record<string, unknown>>, at: string): Result<Manifest, ImageError> {
  const manifests = readDescriptors(document.manifests, INDEX_ENTRIES_MAX);
  return manifests === undefined
    ? malformed(at, 'its list of manifests does not read')
    : ok({ kind: 'index', manifests });
}

function readImage(document: Readonly<Record<string, unknown>>, at: string): Result<Manifest, ImageError> {
  const config = readDescriptor(document.config);
  const layers = readDescriptors(document.layers, LAYERS_MAX);
  if (config === undefined) return malformed(at, 'its config descriptor does not read');
  if (!CONFIG_TYPES.has(baseType(config.mediaType))) {
    const type = typeof document.artifactType === 'string' ? document.artifactType : config.mediaType;
    return err(imageError('not-an-image', `${at}: an artifact of type ${type.slice(0, 200)}, not a container image`));
  }
  if (layers === undefined)
    return malformed(at, `its list of layers does not read, or has more than ${LAYERS_MAX} entries`);
  const strange = layers.find((layer) => !isLayerType(layer.mediaType));
  if (strange !== undefined) {
    return err(
      imageError(
        'not-an-image',
        `${at}: a layer of type ${strange.mediaType.slice(0, 200)} is no part of a file system`,
      ),
    );
  }
  return ok({ kind: 'image', config, layers });
}

/** Whether a layer is not kept by the registry but at its own URLs (Windows base layers). */
export function isForeignLayer(mediaType: string): boolean {
  return mediaType.includes('.nondistributable.') || mediaType.includes('.foreign.');
}

/** Generous, since types are often wrong; but encrypted layers and in-toto statements are no tar. */
function isLayerType(mediaType: string): boolean {
  return /tar|gzip|zstd|octet-stream/.test(mediaType) && !mediaType.includes('encrypted');
}

function readDescriptors(value: unknown, entriesMax: number): Descriptor[] | undefined {
  if (!Array.isArray(value) || value.length > entriesMax) return undefined;
  const descriptors = value.map(readDescriptor);
  return descriptors.every((descriptor) => descriptor !== undefined) ? descriptors : undefined;
}

function readDescriptor(value: unknown): Descriptor | undefined {
  if (!isRecord(value)) return undefined;
  const { mediaType = '', digest, size, urls, platform, annotations } = value;
  if (typeof mediaType !== 'string' || typeof digest !== 'string') return undefined;
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) return undefined;
  const parsed = parseDigest(digest);
  if (!parsed.ok) return undefined;
  return {
    mediaType,
    digest: parsed.value,
    size,
    urls: Array.isArray(urls) ? urls.filter((url) => typeof url === 'string' && /^https?:\/\//i.test(url)) : [],
    platform: readPlatform(platform),
    annotations: isRecord(annotations) ? stringsOf(annotations) : {},
  };
}

/** A platform as indexes and image configs write it; `undefined` when it says nothing. */
export function readPlatform(value: unknown): Platform | undefined {
  if (!isRecord(value)) return undefined;
  const { os, architecture, variant } = value;
  if (typeof os !== 'string' || typeof architecture !== 'string' || os === '' || architecture === '') return undefined;
  return normalizePlatform({ os, architecture, variant: typeof variant === 'string' ? variant : '' });
}

function stringsOf(record: Readonly<Record<string, unknown>>): Record<string, string> {
  const strings: Record<string, string> = {};
  for (const [key, value] of Object.entries(record)) if (typeof value === 'string') strings[key] = value;
  return strings;
}

function baseType(contentType: string): string {
  return (contentType.split(';')[0] ?? '').trim().toLowerCase();
}

function malformed(at: string, reason: string): { readonly ok: false; readonly error: ImageError } {
  return err(imageError('malformed', `${at}: the manifest does not read: ${reason}`));
}
