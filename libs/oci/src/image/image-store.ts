import { createHash } from 'node:crypto';
import { type Digest, digestAlgorithm, digestHex, err, ok, type Result } from '@clair/model';
import { type ImageError, imageError } from './image-error.ts';
import type { Descriptor } from './manifest.ts';
import type { ResolvedLayer } from './resolved-image.ts';

/** Bytes of a manifest or an index, not yet verified against anything. */
export interface StoredManifest {
  readonly bytes: Uint8Array;
  /** As the server or the descriptor states it; may be empty. */
  readonly mediaType: string;
}

/** Something that holds the manifests and blobs of images by digest: a registry's repository, a layout, an archive. */
export interface ImageStore {
  /** Names the store in messages. */
  readonly name: string;
  manifest(digest: Digest): Promise<Result<StoredManifest, ImageError>>;
  /** A small blob, whole: the configuration of an image. */
  config(descriptor: Descriptor): Promise<Result<Uint8Array, ImageError>>;
  layer(descriptor: Descriptor): ResolvedLayer;
}

/** The digest of `bytes` with the algorithm of `like`. */
export function digestOf(bytes: Uint8Array, like: Digest): Digest {
  const algorithm = digestAlgorithm(like);
  // Safety: the algorithm is registered and its hex digest has the length that goes with it.
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}` as Digest;
}

/** The sha256 digest of `bytes`. */
export function sha256Of(bytes: Uint8Array): Digest {
  // Safety: the hex digest of sha256 is 64 lower-case characters.
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}` as Digest;
}

/** `bytes`, if they are those that `digest` names. */
export function verifyBytes(bytes: Uint8Array, digest: Digest, at: string): Result<Uint8Array, ImageError> {
  const actual = digestOf(bytes, digest);
  if (digestHex(actual) === digestHex(digest)) return ok(bytes);
  return err(
    imageError('digest-mismatch', `${at}: the ${bytes.length} bytes received have digest ${actual}, not ${digest}`),
  );
}
