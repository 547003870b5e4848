import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { ApplyUpdateRequest } from '@clair/contracts';

/** Written in pieces of this size; a message at a time would be a system call for each. */
const WRITE_BYTES = 256 * 1024;
/** A message larger than this is not ours. */
const MESSAGE_BYTES_MAX = 64 * 1024 * 1024;

/** Appends length-delimited messages to a file. */
export interface SpoolWriter {
  write(message: ApplyUpdateRequest): Promise<void>;
  /** As {@link write}, of a message that is already as {@link encodeDelimited} makes it. */
  writeEncoded(bytes: Uint8Array): Promise<void>;
  /** Bytes written so far: a place to go back to. */
  readonly end: number;
  /** Takes back what was written since the spool ended there. */
  truncate(end: number): Promise<void>;
  close(): Promise<void>;
}

export async function openSpool(path: string): Promise<SpoolWriter> {
  return new FileSpool(await open(path, 'w', 0o600));
}

class FileSpool implements SpoolWriter {
  readonly #file: FileHandle;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #fileBytes = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  get end(): number {
    return this.#fileBytes + this.#pendingBytes;
  }

  async write(message: ApplyUpdateRequest): Promise<void> {
    await this.writeEncoded(encodeDelimited(message));
  }

  async writeEncoded(bytes: Uint8Array): Promise<void> {
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes >= WRITE_BYTES) await this.#flush();
  }

  async truncate(end: number): Promise<void> {
    if (end === this.end) return;
    await this.#flush();
    await this.#file.truncate(end);
    this.#fileBytes = end;
  }

  async close(): Promise<void> {
    try {
      await this.#flush();
    } finally {
      await this.#file.close();
    }
  }

  async #flush(): Promise<void> {
    const chunk = Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    // `write` may take less than it is given when the disk is nearly full.
    for (let done = 0; done < chunk.length; ) {
      const { bytesWritten } = await this.#file.write(chunk, done, chunk.length - done, this.#fileBytes);
      done += bytesWritten;
      this.#fileBytes += bytesWritten;
    }
  }
}

/** One message with its length before it (32 bits, big-endian), as spools and bundles hold it. Throws `RangeError` for one that could not be read again. */
export function encodeDelimited(message: ApplyUpdateRequest): Uint8Array {
  const body = ApplyUpdateRequest.encode(message).finish();
  if (body.length > MESSAGE_BYTES_MAX) throw new RangeError(`a message of ${body.length} bytes`);
  const bytes = Buffer.allocUnsafe(4 + body.length);
  bytes.writeUInt32BE(body.length, 0);
  bytes.set(body, 4);
  return bytes;
}

/** The messages of a delimited stream. Throws `RangeError` when it is cut short, a length is absurd, or a message is none. */
export async function* decodeDelimited(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ApplyUpdateRequest> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = rest.length === 0 ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length) : Buffer.concat([rest, chunk]);
    while (rest.length >= 4) {
      const length = rest.readUInt32BE(0);
      if (length > MESSAGE_BYTES_MAX) throw new RangeError(`a message of ${length} bytes; the stream is damaged`);
      if (rest.length < 4 + length) break;
      yield decodeMessage(rest.subarray(4, 4 + length));
      rest = rest.subarray(4 + length);
    }
  }
  if (rest.length > 0) throw new RangeError('the stream ends in the middle of a message');
}

function decodeMessage(bytes: Uint8Array): ApplyUpdateRequest {
  try {
    return ApplyUpdateRequest.decode(bytes);
  } catch (error) {
    throw new RangeError('it holds a message that cannot be read', { cause: error });
  }
}

export function readSpool(path: string): AsyncGenerator<ApplyUpdateRequest> {
  return decodeDelimited(createReadStream(path, { highWaterMark: WRITE_BYTES }));
}
