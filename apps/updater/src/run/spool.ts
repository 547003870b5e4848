import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
    if (chunk.length > 0) await file.write(chunk);
  };
  return {
    async write(message) {
      const bytes = encodeDelimited(message);
      pending.push(bytes);
      pendingBytes += bytes.length;
      if (pendingBytes >= WRITE_BYTES) await flush();
    },
    async close() {
      await flush();
      await file.close();
    },
  };
}

/** One message with its length before it (32 bits, big-endian), as spools and bundles hold it. */
export function encodeDelimited(message: ApplyUpdateRequest): Uint8Array {
  const body = ApplyUpdateRequest.encode(message).finish();
  const bytes = Buffer.allocUnsafe(4 + body.length);
  bytes.writeUInt32BE(body.length, 0);
  bytes.set(body, 4);
  return bytes;
}

/** The messages of a delimited stream. Throws `RangeError` when it is cut short or a length is absurd. */
export async function* decodeDelimited(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ApplyUpdateRequest> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = rest.length === 0 ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length) : Buffer.concat([rest, chunk]);
    while (rest.length >= 4) {
      const length = rest.readUInt32BE(0);
      if (length > MESSAGE_BYTES_MAX) throw new RangeError(`a message of ${length} bytes; the stream is damaged`);
      if (rest.length < 4 + length) break;
      yield ApplyUpdateRequest.decode(rest.subarray(4, 4 + length));
      rest = rest.subarray(4 + length);
    }
  }
  if (rest.length > 0) throw new RangeError('the stream ends in the middle of a message');
}

export function readSpool(path: string): AsyncGenerator<ApplyUpdateRequest> {
  return decodeDelimited(createReadStream(path, { highWaterMark: WRITE_BYTES }));
}

export interface WorkDirectory {
  readonly path: string;
  remove(): Promise<void>;
}

/** A new, private directory for what is fetched and parsed. */
export async function openWorkDirectory(): Promise<WorkDirectory> {
  const path = await mkdtemp(join(tmpdir(), 'clair-updater-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** A directory that is gone when `work` is done, whatever its outcome. */
export async function withWorkDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await openWorkDirectory();
  try {
    return await work(directory.path);
  } finally {
    await directory.remove();
  }
}
