import { err, ok, type Result } from '@clair/model';
import type { HttpResponse } from './guarded-request.ts';
import { HttpBodyError, type HttpFailure } from './http-failure.ts';

/** The whole body in memory; its size is bounded by what the request allowed. Rejects only with the reason of the signal. */
export async function readBody(response: HttpResponse): Promise<Result<Buffer, HttpFailure>> {
  const pieces: Uint8Array[] = [];
  try {
    for await (const piece of response.body) pieces.push(piece);
  } catch (reason) {
    if (reason instanceof HttpBodyError) return err(reason.failure);
    throw reason;
  }
  return ok(Buffer.concat(pieces));
}
