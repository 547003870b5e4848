import type { Readable } from 'node:stream';
import type { Digest } from '@clair/model';
import type { Platform } from './platform.ts';

/** One layer of an image and where its bytes are. */
export interface ResolvedLayer {
  readonly digest: Digest;
  readonly mediaType: string;
  /** Bytes of the blob. */
  readonly size: number;
  /** Where `openLayer` gets it; empty for a local image, whose {@link ResolvedImage.open} gives the bytes. */
  readonly uri: string;
  /** For the host of {@link uri}; may hold a short-lived token. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** Kept outside the registry; when it cannot be had, the rest of the image still can. */
  readonly foreign: boolean;
}

/** One image, of one platform. */
export interface ResolvedImage {
  /** Of its manifest; of its config for archives without one; of the synthetic layer for a directory. */
  readonly digest: Digest;
  readonly platform: Platform;
  /** Base first. */
  readonly layers: readonly ResolvedLayer[];
  /** What the user should know: files that could not be read, and the like. */
  readonly notes: readonly string[];
  /** For local images only: the bytes of a layer, unverified. */
  readonly open?: (layer: ResolvedLayer) => Promise<Readable>;
}
