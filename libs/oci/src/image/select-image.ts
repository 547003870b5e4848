import { type Digest, err, ok, type Result } from '@clair/model';
import { type ImageError, imageError } from './image-error.ts';
import { type ImageStore, verifyBytes } from './image-store.ts';
import { parseJson } from './json.ts';
import { type Descriptor, isIndexType, isManifestType, type Manifest, readManifest, readPlatform } from './manifest.ts';
import { DEFAULT_PLATFORM, formatPlatform, type Platform, platformDistance } from './platform.ts';
import type { ResolvedImage } from './resolved-image.ts';

/** Where the choice begins: a manifest or index already fetched and verified. */
export interface ImageRoot {
  readonly digest: Digest;
  readonly manifest: Manifest;
}

/** Indexes in indexes; deeper is a mistake or an attack. */
const DEPTH_MAX = 4;
/** Manifests fetched for one image. */
const FETCHES_MAX = 32;

/**
 * Goes from a manifest or index to one image of `platform`. With a platform given, only that will do; without, the default one,
 * or the only one there is.
 */
export async function selectImage(
  store: ImageStore,
  root: ImageRoot,
  platform: Platform | undefined,
): Promise<Result<ResolvedImage, ImageError>> {
  const selection = new Selection(store, platform);
  const found = await selection.descend(root, undefined, 0);
  if (!found.ok) return found;
  return found.value === undefined ? err(selection.nothingFound()) : ok(found.value);
}

/** Keeps what one choice has seen. `undefined` as a value: nothing here, look further. */
class Selection {
  readonly #store: ImageStore;
  readonly #wanted: Platform | undefined;
  readonly #seen = new Set<string>();
  #fetches = 0;

  constructor(store: ImageStore, wanted: Platform | undefined) {
    this.#store = store;
    this.#wanted = wanted;
  }

  nothingFound(): ImageError {
    const wanted = formatPlatform(this.#wanted ?? DEFAULT_PLATFORM);
    const there = [...this.#seen].sort().slice(0, 50).join(', ');
    const list = there === '' ? 'it holds no image' : `it holds ${there}; choose one of them`;
    return imageError('no-such-platform', `${this.#store.name}: no image for ${wanted}: ${list}`);
  }

  async descend(
    root: ImageRoot,
    stated: Platform | undefined,
    depth: number,
  ): Promise<Result<ResolvedImage | undefined, ImageError>> {
    if (root.manifest.kind === 'image') return this.#image(root, root.manifest, stated);
    if (depth >= DEPTH_MAX)
      return err(imageError('limit', `${this.#store.name}: indexes are nested more than ${DEPTH_MAX} deep`));
    for (const candidate of this.#candidates(root.manifest.manifests)) {
      const next = await this.#fetch(candidate);
      if (!next.ok) return next;
      const found = await this.descend(next.value, candidate.platform, depth + 1);
      if (!found.ok || found.value !== undefined) return found;
    }
    return ok(undefined);
  }

  /** The entries worth following, best first; the first of equals stays first, which settles one platform listed twice. */
  #candidates(entries: readonly Descriptor[]): readonly Descriptor[] {
    const images = entries.filter((entry) => isManifestType(entry.mediaType) && !isAttestation(entry));
    const indexes = entries.filter((entry) => isIndexType(entry.mediaType));
    for (const { platform } of images) if (platform !== undefined) this.#seen.add(formatPlatform(platform));
    const wanted = this.#wanted ?? DEFAULT_PLATFORM;
    const matching = images
      .map((entry) => ({
        entry,
        distance: entry.platform === undefined ? 1000 : platformDistance(wanted, entry.platform),
      }))
      .filter((match) => match.distance !== undefined)
      .sort((a, b) => (a.distance ?? 0) - (b.distance ?? 0))
      .map((match) => match.entry);
    if (matching.length > 0 || indexes.length > 0) return [...matching, ...indexes];
    // Nobody asked for a platform, and there is no choice: an image for arm64 only is scanned, not refused.
    const isOnlyOne = new Set(images.map((entry) => formatPlatform(entry.platform ?? DEFAULT_PLATFORM))).size === 1;
    return this.#wanted === undefined && isOnlyOne ? images.slice(0, 1) : [];
  }

  async #fetch({ digest, mediaType }: Descriptor): Promise<Result<ImageRoot, ImageError>> {
    this.#fetches += 1;
    if (this.#fetches > FETCHES_MAX) {
      return err(
        imageError(
          'limit',
          `${this.#store.name}: more than ${FETCHES_MAX} manifests to look at; name one by its digest`,
        ),
      );
    }
    const stored = await this.#store.manifest(digest);
    if (!stored.ok) return stored;
    return readRoot(stored.value.bytes, {
      digest,
      mediaType: stored.value.mediaType || mediaType,
      name: this.#store.name,
    });
  }

  /** The platform is what the index says, else what the image's configuration says. */
  async #image(
    root: ImageRoot,
    manifest: Extract<Manifest, { kind: 'image' }>,
    stated: Platform | undefined,
  ): Promise<Result<ResolvedImage | undefined, ImageError>> {
    const platform = stated === undefined ? await this.#configPlatform(manifest.config) : ok(stated);
    if (!platform.ok) return platform;
    this.#seen.add(formatPlatform(platform.value));
    if (this.#wanted !== undefined && platformDistance(this.#wanted, platform.value) === undefined)
      return ok(undefined);
    const layers = manifest.layers.map((layer) => this.#store.layer(layer));
    return ok({ digest: root.digest, platform: platform.value, layers, notes: [] });
  }

  async #configPlatform(config: Descriptor): Promise<Result<Platform, ImageError>> {
    const bytes = await this.#store.config(config);
    if (!bytes.ok) return bytes;
    const verified = verifyBytes(bytes.value, config.digest, `${this.#store.name}: configuration`);
    if (!verified.ok) return verified;
    // Old tools leave it out; then it is what everybody assumed at the time.
    return ok(readPlatform(parseJson(verified.value)) ?? DEFAULT_PLATFORM);
  }
}

/** Verifies and reads a manifest that was asked for by digest. */
export function readRoot(
  bytes: Uint8Array,
  at: { readonly digest: Digest; readonly mediaType: string; readonly name: string },
): Result<ImageRoot, ImageError> {
  const verified = verifyBytes(bytes, at.digest, at.name);
  if (!verified.ok) return verified;
  const manifest = readManifest(verified.value, at.mediaType, `${at.name} (${at.digest})`);
  return manifest.ok ? ok({ digest: at.digest, manifest: manifest.value }) : manifest;
}

/** BuildKit lists what it attests of an image beside the image. */
function isAttestation({ platform, annotations }: Descriptor): boolean {
  return annotations['vnd.docker.reference.type'] === 'attestation-manifest' || platform?.os === 'unknown';
}
