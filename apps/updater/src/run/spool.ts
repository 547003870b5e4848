import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { ApplyUpdateRequest } from '@clair/contracts';

/** Written in pieces of this size; a message at a time would be a system call for each. */
const WRITE_BYTES = 256 * 1024;
/** A message larger than this is not ours. */
const MESSAGE_BYTES_MAX = 64 * 1024 * 1024;

/** Appends length-delimited messages to a file. */
export interface SpoolWriter {
  write(message: ApplyUpdateRequest): Promise<void>;
  close(): Promise<void>;
}

export async function openSpool(path: string): Promise<SpoolWriter> {
  const file = await open(path, 'w', 0o600);
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  const flush = async (): Promise<void> => {
    const chunk = Buffer.concat(pending);
    pending = [];
    pendingBytes = 0;
    // `write` may take less than it is given when the disk is nearly full; this goes on to the end or rejects.
    if (chunk.length > 0) await file.writeFile(chunk);
  };
  return {
    async write(message) {
      const bytes = encodeDelimited(message);
      pending.push(bytes);
      pendingBytes += bytes.length;
      if (pendingBytes >= WRITE_BYTES) await flush();
    },
    async close() {
      try {
        await flush();
      } finally {
        await file.close();
      }
    },
  };
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
