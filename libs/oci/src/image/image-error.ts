import type { HttpFailure } from '../http/http-failure.ts';

/**
 * - `not-found`: no such image (or registries that hide what one may not see).
 * - `unauthorized`: the registry wants other credentials; `credentials`: they could not be read.
 * - `schema-1`: a manifest of Docker's first format, which no longer has a place; push the image again.
 * - `not-an-image`: an artifact (chart, signature, attestation, …): nothing to scan, do not try again.
 * - `no-such-platform`: the message lists those there are. `ambiguous`: several images; the message lists them.
 * - `malformed`: a manifest, index or archive that does not read. `unreadable`: a local file that cannot be read.
 * - `digest-mismatch`: other bytes than asked for.
 * - the others as in {@link HttpFailure}.
 */
export type ImageErrorKind =
  | 'not-found'
  | 'unauthorized'
  | 'credentials'
  | 'schema-1'
  | 'not-an-image'
  | 'no-such-platform'
  | 'ambiguous'
  | 'malformed'
  | 'unreadable'
  | 'digest-mismatch'
  | HttpFailure['kind'];

/** Why an image could not be resolved: what, where, what to do. */
export interface ImageError {
  readonly kind: ImageErrorKind;
  readonly message: string;
  readonly retryable: boolean;
}

/** An {@link ImageError} that will not go away by itself. */
export function imageError(kind: ImageErrorKind, message: string): ImageError {
  return { kind, message, retryable: false };
}

/** What a failed request to a registry means for the image. */
export function fromHttpFailure(failure: HttpFailure): ImageError {
  const { message, retryable, status } = failure;
  if (status === 401 || status === 403) return imageError('unauthorized', message);
  if (status === 404) return imageError('not-found', message);
  return { kind: failure.kind, message, retryable };
}
