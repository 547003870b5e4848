import type { Readable } from 'node:stream';
import { PacedSource } from '../layer/paced-source.ts';
import { HttpBodyError } from './http-failure.ts';
import { redactUrl } from './redact-url.ts';
import { bodyFailure } from './transport-failure.ts';

export interface BodyBounds {
  readonly url: URL;
  readonly bytesMax: number;
  readonly timeoutMs: number;
  /** When that has passed, by `performance.now()`. */
  readonly deadlineMs: number;
  readonly idleMs: number;
  readonly signal: AbortSignal;
}

/** The body with its bounds enforced; iterating it throws {@link HttpBodyError} or the reason of the signal. */
export function boundedBody(body: Readable, bounds: BodyBounds): { body: AsyncIterable<Uint8Array>; close(): void } {
  // What is closed before its end reports that as an error, which nobody waits for.
  body.on('error', () => undefined);
  return { body: pieces(body, bounds), close: () => void body.destroy() };
}

async function* pieces(body: Readable, bounds: BodyBounds): AsyncGenerator<Uint8Array> {
  const source = new PacedSource(body, bounds);
  let receivedBytes = 0;
  try {
    for (let piece = await source.next(); piece !== undefined; piece = await source.next()) {
      receivedBytes += piece.length;
      if (receivedBytes > bounds.bytesMax) throw tooLarge(bounds);
      yield piece;
    }
  } catch (reason) {
    if (reason instanceof HttpBodyError) throw reason;
    if (bounds.signal.aborted) throw bounds.signal.reason;
    throw new HttpBodyError(bodyFailure(reason, bounds.url, receivedBytes), reason);
  } finally {
    source.close();
    body.destroy();
  }
}

function tooLarge({ url, bytesMax }: BodyBounds): HttpBodyError {
  return new HttpBodyError({
    kind: 'limit',
    message: `${redactUrl(url)}: larger than ${bytesMax} bytes`,
    retryable: false,
  });
}
