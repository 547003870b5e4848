import { type Digest, ok, parseDigest, type Result } from '@clair/model';
import type { Layer as WireLayer } from './generated/clair/indexer/v1/indexer.ts';
import { malformed, type WireError } from './wire-error.ts';

/** Where a layer's blob is to be had. */
export interface LayerSource {
  /** Of the blob as transferred. */
  readonly digest: Digest;
  /** http or https; whether the address may be asked at all is the fetcher's decision. */
  readonly uri: string;
  /** Sent with the request for this layer, and to no other host. Values in order; names in lower case. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
}

/** A layer before it is checked: the digest may be any text. */
export interface LayerSourceText extends Omit<LayerSource, 'digest'> {
  readonly digest: string;
}

const URI_CHARS_MAX = 16_384;
const HEADERS_MAX = 100;
const HEADER_VALUE_CHARS_MAX = 16_384;

/** RFC 9110 section 5.6.2 `token`. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** RFC 9110 section 5.5: no control characters but the tab; a line break here would let a manifest write its own headers. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

export function layerToWire(layer: LayerSourceText): WireLayer {
  const headers = Object.entries(layer.headers).map(([name, values]) => ({ name, values: [...values] }));
  return { hash: layer.digest, uri: layer.uri, headers };
}

/**
 * Checks the digest, that the uri is absolute and http(s) with no user name in it, and that each header can be sent.
 * The values of a header that comes twice are joined in order.
 */
export function layerFromWire(message: WireLayer): Result<LayerSource, WireError> {
  const digest = parseDigest(message.hash);
  if (!digest.ok)
    return malformed(
      'hash',
      digest.error.kind === 'malformed-digest' ? 'malformed digest' : 'unknown digest algorithm',
    );
  const uriProblem = problemOfUri(message.uri);
  if (uriProblem !== undefined) return malformed('uri', uriProblem);
  if (message.headers.length > HEADERS_MAX) return malformed('headers', `must be at most ${HEADERS_MAX}`);
  const headers = new Map<string, string[]>();
  for (const [index, header] of message.headers.entries()) {
    if (!HEADER_NAME.test(header.name)) return malformed(`headers[${index}].name`, 'is not a header name');
    const unsendable = header.values.some(
      (value) => value.length > HEADER_VALUE_CHARS_MAX || !HEADER_VALUE.test(value),
    );
    if (unsendable) return malformed(`headers[${index}].values`, 'holds a value that cannot be sent');
    const name = header.name.toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), ...header.values]);
  }
  return ok({ digest: digest.value, uri: message.uri, headers: Object.fromEntries(headers) });
}

function problemOfUri(uri: string): string | undefined {
  if (uri.length > URI_CHARS_MAX) return `must have at most ${URI_CHARS_MAX} characters`;
  if (!URL.canParse(uri)) return 'must be an absolute URL';
  const url = new URL(uri);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'must be http or https';
  if (url.username !== '' || url.password !== '') return 'must not hold credentials; send a header';
  return undefined;
}
