import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FetchRequest } from '@clair/feeds';
import { err, ok, type Result } from '@clair/model';
import { type AddressGuard, type Download, downloadResumable, readBody, redactUrl, resumableRequest } from '@clair/oci';
import type { PartitionState } from '../store/partitions.ts';
import type { FetchedDocument, Fetcher, FetchOptions, FetchOutcome } from './fetcher.ts';

/** An index of partitions is a page; it is held in memory. */
const WHOLE_BYTES_MAX = 16 * 1024 * 1024;

export interface HttpFetcherOptions {
  readonly guard: AddressGuard;
  /** Ceiling over what a feed allows for its documents. */
  readonly bytesMax: number;
  readonly timeoutMs: number;
  readonly idleMs: number;
}

/** Fetches over HTTP: conditional, bounded, retried, resumed where it stopped, and through the address guard. */
export function createHttpFetcher(options: HttpFetcherOptions): Fetcher {
  return {
    fetch: (request, fetchOptions) => fetchToFile(request, fetchOptions, options),
    async fetchWhole(request, signal) {
      const answer = await resumableRequest(request.url, {
        ...limits(request, options, WHOLE_BYTES_MAX),
        signal,
      });
      if (!answer.ok) return err(answer.error.message);
      if (answer.value.status === 404) {
        answer.value.close();
        return ok({ kind: 'absent' });
      }
      if (answer.value.status !== 200) {
        answer.value.close();
        return err(`${redactUrl(request.url)}: the server answered ${answer.value.status}`);
      }
      const bytes = await readBody(answer.value);
      return bytes.ok ? ok({ kind: 'document', bytes: bytes.value }) : err(bytes.error.message);
    },
  };
}

function limits(request: FetchRequest, options: HttpFetcherOptions, ceiling: number) {
  return {
    guard: options.guard,
    bytesMax: Math.min(request.bytesMax, ceiling),
    timeoutMs: options.timeoutMs,
    idleMs: options.idleMs,
  };
}

async function fetchToFile(
  request: FetchRequest,
  { path, conditional, signal }: FetchOptions,
  options: HttpFetcherOptions,
): Promise<Result<FetchOutcome, string>> {
  const file = await open(path, 'w', 0o600);
  try {
    const answer = await downloadResumable(request.url, {
      ...limits(request, options, options.bytesMax),
      signal,
      file,
      ...(conditional && { conditional: validators(conditional) }),
    });
    if (!answer.ok) return err(answer.error.message);
    const { status } = answer.value;
    // A broken cache may answer 304 to a question without a condition: then nobody has the document.
    if (status === 304 && conditional !== undefined) return ok({ kind: 'not-modified' });
    if ((status === 404 || status === 410) && request.absentIsFine === true) return ok({ kind: 'absent' });
    if (status !== 200) return err(`${redactUrl(request.url)}: the server answered ${status}`);
    return ok(await describe(path, answer.value));
  } finally {
    await file.close();
  }
}

function validators({ etag, lastModified }: PartitionState): { etag?: string; lastModified?: string } {
  return { ...(etag !== '' && { etag }), ...(lastModified !== '' && { lastModified }) };
}

async function describe(path: string, download: Download): Promise<FetchedDocument> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return {
    kind: 'document',
    bytes: download.bytes,
    contentHash: hash.digest('hex'),
    etag: download.headers.etag ?? '',
    lastModified: download.headers['last-modified'] ?? '',
    open: () => createReadStream(path, { highWaterMark: 256 * 1024 }),
  };
}
