import { createHash } from 'node:crypto';
import { type Digest, err, ok, parseDigest, type Result } from '@clair/model';
import { type ImageError, imageError } from '../image/image-error.ts';
import { sha256Of } from '../image/image-store.ts';
import { isRecord, parseJson } from '../image/json.ts';
import { MANIFEST_BYTES_MAX, readPlatform } from '../image/manifest.ts';
import { DEFAULT_PLATFORM, formatPlatform, type Platform, platformDistance } from '../image/platform.ts';
import type { ResolvedImage, ResolvedLayer } from '../image/resolved-image.ts';
import { SNIFF_BYTES, sniffCompression } from '../layer/compression.ts';
import type { BlobFiles } from './blob-files.ts';
import { resolveLayoutImage } from './layout-image.ts';
import { tarMembers } from './tar-members.ts';

export interface ArchiveChoice {
  readonly file: string;
  /** Which of several images, from 0. */
  readonly index: number | undefined;
  readonly platform: Platform | undefined;
}

const LAYER_TYPE = 'application/vnd.docker.image.rootfs.diff.tar';
const CONFIG_BYTES_MAX = MANIFEST_BYTES_MAX;

interface ArchivedImage {
  readonly config: string;
  readonly tags: readonly string[];
  readonly layers: readonly string[];
}

/**
 * Resolves an image of what `docker save` and its like write: the old form with `manifest.json`, and the newer one that is an
 * OCI layout, too. An archive has no manifest digest in the old form; the image is then named by its configuration.
 */
export async function resolveArchiveImage(choice: ArchiveChoice): Promise<Result<ResolvedImage, ImageError>> {
  const members = await tarMembers(choice.file);
  if (!members.ok) return members;
  const files = members.value;
  const listed = await files.read('manifest.json', MANIFEST_BYTES_MAX);
  if (!listed.ok) return listed;
  const isLayout = (await files.size('oci-layout')) !== undefined && (await files.size('index.json')) !== undefined;
  if (isLayout && (choice.index === undefined || listed.value === undefined)) {
    const { platform } = choice;
    const resolved = await resolveLayoutImage(files, { tag: undefined, digest: undefined, platform });
    // Several images: manifest.json numbers them, which index.json does not.
    if (resolved.ok || resolved.error.kind !== 'ambiguous' || listed.value === undefined) return resolved;
  }
  if (listed.value === undefined) {
    return err(
      imageError(
        'malformed',
        `${choice.file}: neither manifest.json nor an OCI layout in it; this is no image archive`,
      ),
    );
  }
  const image = chooseImage(parseJson(listed.value), choice);
  return image.ok ? readImage(files, image.value, choice.platform) : image;
}

function chooseImage(document: unknown, { file, index }: ArchiveChoice): Result<ArchivedImage, ImageError> {
  const images = Array.isArray(document) ? document.map(readArchived) : [];
  if (images.length === 0) return err(imageError('malformed', `${file}: its manifest.json lists no image`));
  if (index === undefined && images.length > 1) {
    const list = images.map((image, at) => `:@${at} ${image?.tags.join(' ') ?? ''}`.trim());
    return err(imageError('ambiguous', `${file}: several images; choose one of ${list.slice(0, 50).join(', ')}`));
  }
  if (index !== undefined && index >= images.length)
    return err(imageError('not-found', `${file}: there are only ${images.length} images`));
  const image = images[index ?? 0];
  return image === undefined ? err(imageError('malformed', `${file}: its manifest.json does not read`)) : ok(image);
}

function readArchived(value: unknown): ArchivedImage | undefined {
  if (!isRecord(value)) return undefined;
  const { Config: config, RepoTags: tags, Layers: layers } = value;
  if (typeof config !== 'string' || !isStrings(layers)) return undefined;
  return { config, layers, tags: isStrings(tags) ? tags : [] };
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

async function readImage(
  files: BlobFiles,
  image: ArchivedImage,
  wanted: Platform | undefined,
): Promise<Result<ResolvedImage, ImageError>> {
  const bytes = await files.read(image.config, CONFIG_BYTES_MAX);
  if (!bytes.ok) return bytes;
  if (bytes.value === undefined) return err(imageError('malformed', `${files.name}: ${image.config} is missing`));
  const config = parseJson(bytes.value);
  const rootfs = isRecord(config) ? config.rootfs : undefined;
  const diffIds = isRecord(rootfs) ? rootfs.diff_ids : undefined;
  if (!isStrings(diffIds) || diffIds.length !== image.layers.length) {
    return err(imageError('malformed', `${files.name}: ${image.config} does not list a diff id for each layer`));
  }
  const platform = readPlatform(config) ?? DEFAULT_PLATFORM;
  if (wanted !== undefined && platformDistance(wanted, platform) === undefined) {
    const message = `${files.name}: no image for ${formatPlatform(wanted)}: it holds ${formatPlatform(platform)}`;
    return err(imageError('no-such-platform', message));
  }
  const paths = new Map<Digest, string>();
  const layers: ResolvedLayer[] = [];
  for (const [at, path] of image.layers.entries()) {
    const layer = await readLayerMember(files, path, diffIds[at] ?? '');
    if (!layer.ok) return layer;
    paths.set(layer.value.digest, path);
    layers.push(layer.value);
  }
  const open = (layer: ResolvedLayer) => files.open(paths.get(layer.digest) ?? '');
  return ok({ digest: sha256Of(bytes.value), platform, layers, notes: [], open });
}

/** A plain layer has its diff id as digest; only a compressed one has to be read to know it. */
async function readLayerMember(
  files: BlobFiles,
  path: string,
  diffId: string,
): Promise<Result<ResolvedLayer, ImageError>> {
  const size = await files.size(path);
  if (size === undefined) return err(imageError('malformed', `${files.name}: the layer ${path} is missing`));
  const parsed = parseDigest(diffId);
  if (!parsed.ok)
    return err(imageError('malformed', `${files.name}: ${JSON.stringify(diffId.slice(0, 100))} is no diff id`));
  const digest = await memberDigest(files, path, parsed.value);
  return ok({ digest, mediaType: LAYER_TYPE, size, uri: '', headers: {}, foreign: false });
}

async function memberDigest(files: BlobFiles, path: string, diffId: Digest): Promise<Digest> {
  const hash = createHash('sha256');
  let isFirst = true;
  for await (const piece of await files.open(path)) {
    // Safety: a stream without an encoding gives buffers.
    const bytes = piece as Buffer;
    if (isFirst && sniffCompression(bytes.subarray(0, SNIFF_BYTES)) === 'none') return diffId;
    isFirst = false;
    hash.update(bytes);
  }
  // Safety: the hex digest of sha256 is 64 lower-case characters.
  return isFirst ? diffId : (`sha256:${hash.digest('hex')}` as Digest);
}
