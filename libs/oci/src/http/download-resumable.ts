import type { FileHandle } from 'node:fs/promises';
import { err, ok, type Result } from '@clair/model';
import type { HttpResponse } from './guarded-request.ts';
import { HttpBodyError, type HttpFailure } from './http-failure.ts';
import { type ResumableOptions, resumableRequest } from './resumable-request.ts';

/** A resumable request and where its body goes. */
export interface DownloadOptions extends ResumableOptions {
  /** Opened for writing; its content is replaced when the answer is a 200, and left alone otherwise. Not closed. */
  readonly file: FileHandle;
}

/** How a download ended. */
export interface Download {
  /** 200 when the file holds the document; 304 and the like when nothing was written. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly url: string;
  readonly bytes: number;
}

/** How often a document that changes while it is fetched is begun anew. */
const RESTARTS_MAX = 2;

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
      return ok({ status, headers, url: finalUrl, bytes: 0 });
    }
    const written = await writeBody(answer.value, options.file);
    if (written.ok) return ok({ status, headers, url: finalUrl, bytes: written.value });
    if (written.error.kind !== 'truncated' || restarts >= RESTARTS_MAX) return written;
  }
}

async function writeBody(response: HttpResponse, file: FileHandle): Promise<Result<number, HttpFailure>> {
  let bytes = 0;
  await file.truncate(0);
  try {
    for await (const piece of response.body) {
      await writeAll(file, piece, bytes);
      bytes += piece.length;
    }
  } catch (reason) {
    response.close();
    if (reason instanceof HttpBodyError) return err(reason.failure);
    throw reason;
  }
  return ok(bytes);
}

/** A disk that is nearly full writes less than it was given. */
async function writeAll(file: FileHandle, piece: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < piece.length; ) {
    const { bytesWritten } = await file.write(piece, done, piece.length - done, position + done);
    done += bytesWritten;
  }
}
