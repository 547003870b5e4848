import { ServiceError } from '../errors/service-error.ts';

const HEADER_CHARS_MAX = 4096;
const RANGES_MAX = 64;
const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const RANGE = new RegExp(`^(${TOKEN})/(${TOKEN})$`);
const PARAMETER = new RegExp(`^(${TOKEN})=(${TOKEN}|"[^"]*")$`);
const QUALITY = /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/;

interface MediaRange {
  readonly type: string;
  readonly subtype: string;
  readonly quality: number;
  /** Where it stood in the header. */
  readonly position: number;
}

/** The parts of a request that negotiation looks at. */
export interface AcceptingRequest {
  readonly headers: { readonly accept?: string | undefined };
}

export interface NegotiateOptions {
  /** What to throw when nothing fits. Clair's v1 API answers 415, which is the default; HTTP's own word is 406. */
  readonly refusal?: 'unsupported-media-type' | 'not-acceptable';
}

/**
 * The media type of `offered` that the request likes best: by quality, then by the order of its `Accept` header, then
 * by the order of `offered`; the first one when there is no such header. Throws a `ServiceError`: `invalid-argument` for
 * a header that cannot be read, `options.refusal` when none of `offered` will do.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1
 */
export function negotiate(
  request: AcceptingRequest,
  offered: readonly string[],
  options: NegotiateOptions = {},
): string {
  const header = request.headers.accept?.trim() ?? '';
  const [first = ''] = offered;
  if (header === '') return first;
  const ranges = parseAccept(header);
  let best: { mediaType: string; quality: number; position: number } | undefined;
  for (const mediaType of offered) {
    const range = mostSpecific(ranges, mediaType);
    if (range === undefined || range.quality === 0) continue;
    const isBetter =
      best === undefined ||
      range.quality > best.quality ||
      (range.quality === best.quality && range.position < best.position);
    if (isBetter) best = { mediaType, quality: range.quality, position: range.position };
  }
  if (best !== undefined) return best.mediaType;
  throw new ServiceError(
    options.refusal ?? 'unsupported-media-type',
    `this is only to be had as ${offered.join(', ')}`,
  );
}

function parseAccept(header: string): MediaRange[] {
  const parts = header.length > HEADER_CHARS_MAX ? [] : header.split(',');
  if (parts.length === 0 || parts.length > RANGES_MAX) throw malformed('is too long');
  return parts.filter((part) => part.trim() !== '').map(parseRange);
}

function parseRange(text: string, position: number): MediaRange {
  const [name = '', ...parameters] = text.split(';').map((part) => part.trim());
  // Java's HttpURLConnection sends a bare `*`.
  const range = RANGE.exec(name === '*' ? '*/*' : name);
  if (range === null || (range[1] === '*' && range[2] !== '*'))
    throw malformed('holds something that is no media type');
  return {
    type: (range[1] ?? '').toLowerCase(),
    subtype: (range[2] ?? '').toLowerCase(),
    quality: qualityOf(parameters),
    position,
  };
}

function qualityOf(parameters: readonly string[]): number {
  for (const parameter of parameters.filter((part) => part !== '')) {
    const pair = PARAMETER.exec(parameter);
    if (pair === null) throw malformed('holds something that is no parameter');
    if (pair[1]?.toLowerCase() !== 'q') continue;
    const text = pair[2] ?? '';
    if (!QUALITY.test(text)) throw malformed('holds a quality that is not between 0 and 1');
    return Number(text);
  }
  return 1;
}

/** The range that decides about a type is the one that names most of it, whatever its quality. */
function mostSpecific(ranges: readonly MediaRange[], mediaType: string): MediaRange | undefined {
  const [type, subtype] = (mediaType.split(';', 1)[0] ?? '').trim().toLowerCase().split('/');
  return (
    ranges.find((range) => range.type === type && range.subtype === subtype) ??
    ranges.find((range) => range.type === type && range.subtype === '*') ??
    ranges.find((range) => range.type === '*')
  );
}

function malformed(what: string): ServiceError {
  return new ServiceError('invalid-argument', `the Accept header ${what}`);
}
