const HEADER_CHARS_MAX = 8192;
const ENTITY_TAG = /(?:W\/)?"([^"]*)"|([^\s,"]+)/g;

/** The part of a request that is looked at. */
export interface ConditionalRequest {
  readonly headers: { readonly 'if-none-match'?: string | undefined };
}

/**
 * Whether the request's `If-None-Match` names `etag` (quoted or not): in a list, weakly, or as `*`. Tags that a client
 * sends without their quotes count as well. A header of more than 8 KiB names nothing.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2
 */
export function ifNoneMatch(request: ConditionalRequest, etag: string): boolean {
  const header = request.headers['if-none-match']?.trim();
  if (header === undefined || header.length > HEADER_CHARS_MAX) return false;
  if (header === '*') return true;
  const wanted = opaqueTag(etag);
  for (const match of header.matchAll(ENTITY_TAG)) {
    if ((match[1] ?? match[2]) === wanted) return true;
  }
  return false;
}

function opaqueTag(etag: string): string {
  return /^(?:W\/)?"([^"]*)"$/.exec(etag)?.[1] ?? etag;
}
