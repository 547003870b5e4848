import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FetchRequest } from '@clair/feeds';
import { err, ok, type Result } from '@clair/model';
import { type AddressGuard, type Download, downloadResumable, readBody, redactUrl, resumableRequest } from '@clair/oci';
import type { FetchedDocument, Fetcher, FetchOptions, FetchOutcome, Validators, WholeDocument } from './fetcher.ts';

/** An index of partitions is a page, a log of changes some MB, a document that changed by itself below that; they are held in memory. */
const WHOLE_BYTES_MAX = 64 * 1024 * 1024;

export interface HttpFetcherOptions {
  readonly guard: AddressGuard;
  /** Ceiling over what a feed allows for its documents. */
  readonly bytesMax: number;
  readonly timeoutMs: number;
  readonly idleMs: number;
}

/**
 * Fetches over HTTP: conditional, bounded, retried, resumed where it stopped, and through the address guard. A place that
 * fails, or whose bytes are not those that the source says, is followed by the next mirror.
 */
export function createHttpFetcher(options: HttpFetcherOptions): Fetcher {
  return {
    fetch: (request, fetchOptions) =>
      fromAnyPlace(request, (url) => fetchToFile(request, { ...fetchOptions, url }, options)),
    fetchWhole: (request, signal) =>
      fromAnyPlace(request, (url) => fetchToMemory(request, { ...options, url, signal })),
  };
}

/** The first answer; when no place has one, why each of them has not. Absent is only what no place has: one that lost it proves nothing. */
async function fromAnyPlace<T extends { readonly kind: string }>(
  request: FetchRequest,
  fetchFrom: (url: string) => Promise<Result<T, string>>,
): Promise<Result<T, string>> {
  const reasons: string[] = [];
  let absent: Result<T, string> | undefined;
  for (const url of [request.url, ...(request.mirrors ?? [])]) {
    const answer = await fetchFrom(url);
    if (answer.ok && answer.value.kind !== 'absent') return answer;
    if (answer.ok) absent = answer;
    else reasons.push(answer.error);
  }
  return absent !== undefined && reasons.length === 0 ? absent : err(reasons.join('; '));
}

function limits(request: FetchRequest, options: HttpFetcherOptions, ceiling: number) {
  return {
    guard: options.guard,
    bytesMax: Math.min(request.bytesMax, ceiling),
    timeoutMs: options.timeoutMs,
    idleMs: options.idleMs,
  };
}

async function fetchToMemory(
  request: FetchRequest,
  options: HttpFetcherOptions & { readonly url: string; readonly signal: AbortSignal },
): Promise<Result<WholeDocument, string>> {
  const { url, signal } = options;
  const answer = await resumableRequest(url, {
    ...limits(request, options, Math.min(options.bytesMax, WHOLE_BYTES_MAX)),
    signal,
  });
  if (!answer.ok) return err(answer.error.message);
  const { status } = answer.value;
  if (status !== 200) answer.value.close();
  if (status === 404) return ok({ kind: 'absent' });
  if (status !== 200) return err(`${redactUrl(url)}: the server answered ${status}`);
  const bytes = await readBody(answer.value);
  if (!bytes.ok) return err(bytes.error.message);
  const hash = createHash(request.checksum?.algorithm ?? 'sha256').update(bytes.value);
  const mismatch = mismatchOf(request, url, hash.digest('hex'));
  return mismatch === undefined ? ok({ kind: 'document', bytes: bytes.value }) : err(mismatch);
}

async function fetchToFile(
  request: FetchRequest,
  { path, conditional, signal, url }: FetchOptions & { readonly url: string },
  options: HttpFetcherOptions,
): Promise<Result<FetchOutcome, string>> {
  const isMirror = url !== request.url;
  const held = isMirror ? undefined : conditional;
  const file = await open(path, 'w', 0o600);
  try {
    const answer = await downloadResumable(url, {
      ...limits(request, options, options.bytesMax),
      signal,
      file,
      algorithms: ['sha256', ...(request.checksum === undefined ? [] : [request.checksum.algorithm])],
      ...(held && { conditional: validators(held) }),
    });
    if (!answer.ok) return err(answer.error.message);
    const { status } = answer.value;
    // A broken cache may answer 304 to a question without a condition: then nobody has the document.
    if (status === 304 && held !== undefined) return ok({ kind: 'not-modified' });
    if ((status === 404 || status === 410) && request.absentIsFine === true) return ok({ kind: 'absent' });
    if (status !== 200) return err(`${redactUrl(url)}: the server answered ${status}`);
    const [contentHash = '', checksum = contentHash] = answer.value.digests;
    const document = documentOf(path, answer.value, contentHash);
    const mismatch = mismatchOf(request, url, checksum);
    if (mismatch !== undefined) return err(mismatch);
    return ok(isMirror ? { ...document, etag: '', lastModified: '' } : document);
  } finally {
    await file.close();
  }
}

function validators({ etag, lastModified }: Validators): { etag?: string; lastModified?: string } {
  return { ...(etag !== '' && { etag }), ...(lastModified !== '' && { lastModified }) };
}

function mismatchOf(request: FetchRequest, url: string, found: string): string | undefined {
  const { checksum } = request;
  if (checksum === undefined || checksum.hex.toLowerCase() === found) return undefined;
  return `${redactUrl(url)}: its ${checksum.algorithm} is ${found}, and the source says ${checksum.hex.slice(0, 128)}`;
}

function documentOf(path: string, { headers, bytes }: Download, contentHash: string): FetchedDocument {
  const lastModified = headers['last-modified'] ?? '';
  return {
    kind: 'document',
    bytes,
    contentHash,
    etag: headers.etag ?? '',
    lastModified,
    publishedAt: instantOf(lastModified),
    open: () => createReadStream(path, { highWaterMark: 256 * 1024 }),
  };
}

function instantOf(httpDate: string): string {
  const ms = Date.parse(httpDate);
  return Number.isNaN(ms) ? '' : new Date(ms).toISOString();
}
