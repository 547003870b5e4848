import { err, ok, type Result } from '@clair/model';
import type { AddressGuard } from '../http/address-guard.ts';
import { statusFailure } from '../http/guarded-request.ts';
import { redactUrl } from '../http/redact-url.ts';
import { resumableRequest } from '../http/resumable-request.ts';
import type { LayerError } from './layer-error.ts';
import type { LayerLimits } from './layer-limits.ts';

/** Where a layer is, as Clair's manifest says it. */
export interface LayerSource {
  readonly digest: string;
  /** http or https. */
  readonly uri: string;
  /** Sent to the host of {@link uri} only, never to where it redirects. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
}

/** Bounds and the guard for one layer. */
export interface OpenLayerOptions {
  readonly limits: LayerLimits;
  readonly guard: AddressGuard;
  readonly signal: AbortSignal;
}

/** The bytes of a layer on their way; to be read by `readLayer` or closed. */
export interface LayerStream extends AsyncIterable<Uint8Array> {
  /** What the server announced; `undefined` when it did not. */
  readonly contentBytes: number | undefined;
  /** It watches for a connection that hangs itself, and asks anew. */
  readonly isPaced?: boolean;
  close(): void;
}

/**
 * Asks for a layer; resolves when the first byte may be read. Tries again what may pass, and a connection that breaks goes on
 * where it stopped, which is safe since the digest is verified over all of it. Redirects are followed through the guard; also
 * to http, for the same reason. Rejects only with the reason of the signal.
 */
export async function openLayer(
  source: LayerSource,
  options: OpenLayerOptions,
): Promise<Result<LayerStream, LayerError>> {
  const { limits, guard, signal } = options;
  const answer = await resumableRequest(source.uri, {
    guard,
    signal,
    headers: source.headers,
    bytesMax: limits.blobBytes,
    timeoutMs: limits.timeoutMs,
    idleMs: limits.idleMs,
    allowDowngrade: true,
    immutable: true,
  });
  if (!answer.ok) return answer;
  const response = answer.value;
  if (response.status !== 200) return err(statusFailure(response, Date.now()));
  const contentBytes = announcedBytes(response.headers['content-length']);
  if (contentBytes !== undefined && contentBytes > limits.blobBytes) {
    response.close();
    const message = `${redactUrl(response.url)}: ${contentBytes} bytes are more than the limit of ${limits.blobBytes}`;
    return err({ kind: 'limit', message, retryable: false });
  }
  return ok({
    contentBytes,
    isPaced: true,
    [Symbol.asyncIterator]: () => response.body[Symbol.asyncIterator](),
    close: () => response.close(),
  });
}

function announcedBytes(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,16}$/.test(text) ? Number(text) : undefined;
}
