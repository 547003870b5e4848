import { type FetchRequest, MalformedDocument } from '@clair/feeds';
import { err, ok, type Result } from '@clair/model';
import { redactUrl } from '@clair/oci';
import { type InflateLimits, inflate } from '../documents/inflate.ts';
import type { Fetcher, WholeDocument } from './fetcher.ts';

const INFLATE_LIMITS: InflateLimits = { inflatedBytesMax: 256 * 1024 * 1024, ratioMax: 500 };

/** A small document, whole and without its compression. */
export async function fetchInflated(
  fetcher: Fetcher,
  request: FetchRequest,
  signal: AbortSignal,
): Promise<Result<WholeDocument, string>> {
  const answer = await fetcher.fetchWhole(request, signal);
  if (!answer.ok || answer.value.kind === 'absent') return answer;
  const { bytes } = answer.value;
  try {
    const pieces: Uint8Array[] = [];
    for await (const piece of inflate(only(bytes), INFLATE_LIMITS)) pieces.push(piece);
    return ok({ kind: 'document', bytes: pieces.length === 1 ? (pieces[0] ?? bytes) : Buffer.concat(pieces) });
  } catch (error) {
    if (error instanceof MalformedDocument) return err(`${redactUrl(request.url)}: ${error.message}`);
    throw error;
  }
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
