import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { err, ok, type Result } from '@clair/model';
import type { HttpResponse } from './guarded-request.ts';
import { HttpBodyError, type HttpFailure } from './http-failure.ts';
import { type ResumableOptions, resumableRequest } from './resumable-request.ts';

/** A resumable request and where its body goes. */
export interface DownloadOptions extends ResumableOptions {
  /** Opened for writing; its content is replaced when the answer is a 200, and left alone otherwise. Not closed. */
  readonly file: FileHandle;
  /** Names of hash algorithms, as `node:crypto` knows them, of which the document's digests are wanted. Default none. */
  readonly algorithms?: readonly string[];
}

/** How a download ended. */
export interface Download {
  /** 200 when the file holds the document; 304 and the like when nothing was written. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly url: string;
  readonly bytes: number;
  /** Of what was written, in hex, in the order of the algorithms; none when nothing was. */
  readonly digests: readonly string[];
}

/** How often a document that changes while it is fetched is begun anew. */
const RESTARTS_MAX = 2;
/** A connection gives some 16 KiB at a time, and a write takes as long as hashing 100 KiB. */
const WRITTEN_BYTES = 1024 * 1024;

/**
 * Writes the document at `url` to a file: bounded, retried, resumed where it stopped, begun anew when it changed meanwhile.
 * On an error the file holds the beginning of something; do not read it.
 */
export async function downloadResumable(url: string, options: DownloadOptions): Promise<Result<Download, HttpFailure>> {
  for (let restarts = 0; ; restarts++) {
    const answer = await resumableRequest(url, options);
    if (!answer.ok) return answer;
    const { status, headers, url: finalUrl } = answer.value;
    if (status !== 200) {
      answer.value.close();
      return ok({ status, headers, url: finalUrl, bytes: 0, digests: [] });
    }
    const written = await writeBody(answer.value, options);
    if (written.ok) return ok({ status, headers, url: finalUrl, ...written.value });
    if (written.error.kind !== 'truncated' || restarts >= RESTARTS_MAX) return written;
  }
}

type Written = Pick<Download, 'bytes' | 'digests'>;

async function writeBody(
  response: HttpResponse,
  { file, algorithms = [] }: DownloadOptions,
): Promise<Result<Written, HttpFailure>> {
  const hashes = algorithms.map((algorithm) => createHash(algorithm));
  let written = 0;
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  const flush = async () => {
    await writeAll(file, Buffer.concat(pending), written);
    written += pendingBytes;
    pending = [];
    pendingBytes = 0;
  };
  await file.truncate(0);
  try {
    for await (const piece of response.body) {
      for (const hash of hashes) hash.update(piece);
      pending.push(piece);
      pendingBytes += piece.length;
      if (pendingBytes >= WRITTEN_BYTES) await flush();
    }
    await flush();
  } catch (reason) {
    response.close();
    if (reason instanceof HttpBodyError) return err(reason.failure);
    throw reason;
  }
  return ok({ bytes: written, digests: hashes.map((hash) => hash.digest('hex')) });
}

/** A disk that is nearly full writes less than it was given. */
async function writeAll(file: FileHandle, piece: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < piece.length; ) {
    const { bytesWritten } = await file.write(piece, done, piece.length - done, position + done);
    done += bytesWritten;
  }
}
