/**
 * - `digest-mismatch`: the bytes are not those that the manifest names; who made the manifest, or the registry, must look.
 * - `not-a-tar`: the bytes are what the manifest names, but no readable tar (or damaged compression).
 * - `truncated`: the blob ends in the middle. Retryable when the connection broke: whoever made the manifest cannot mend that.
 * - `limit`: a number of {@link LayerLimits} was passed; the operator may raise it.
 * - `http`: the server answered, but not with the layer.
 * - `unreachable`, `timeout`: no answer, or none in time.
 * - `forbidden-address`: the address guard refused a host; never retried.
 * - `unsupported-compression`: recognised, but not one that images use (bzip2, xz, …).
 * - `bad-url`: not an http(s) URL, with a user name in it, or with headers that cannot be sent.
 */
export type LayerErrorKind =
  | 'digest-mismatch'
  | 'not-a-tar'
  | 'truncated'
  | 'limit'
  | 'http'
  | 'unreachable'
  | 'timeout'
  | 'forbidden-address'
  | 'unsupported-compression'
  | 'bad-url';

/**
 * Why a layer could not be read. The message says what, where and what to do, and holds no secrets of the URL. Which layer it is,
 * it leaves to whoever asked for the layer.
 */
export interface LayerError {
  readonly kind: LayerErrorKind;
  readonly message: string;
  /** Whether the same request may succeed later without anybody changing anything. */
  readonly retryable: boolean;
}

/** A {@link LayerError} that will not go away by itself. */
export function layerError(kind: LayerErrorKind, message: string): LayerError {
  return { kind, message, retryable: false };
}
