import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The content of a regular file. */
export interface TarFile {
  readonly size: number;
  /** At most `length` bytes from `offset` on; fewer where the file ends. */
  read(offset: number, length: number): Uint8Array;
}

/** Takes the bytes of one file as they come, at most `size` of them. */
export interface TarFileSink {
  write(chunk: Buffer): void;
  /** All bytes have come. `undefined` when they could not be held. */
  finish(): TarFile | undefined;
  /** What {@link finish} gave is not asked any more. */
  close(): void;
}

/**
 * Where files are held while they are looked at, one after the other: in memory when they have at most `memoryBytes`, else in a
 * temporary file without a name. The memory of one is used again for the next: an image with a thousand programs takes that of the
 * largest (30 MiB less, measured on 1,138 of them), not what the garbage collector has left lying about. Without `memoryBytes` each
 * file has memory of its own, and may be kept.
 */
export class TarFileStore {
  readonly #memoryBytes: number | undefined;
  #memory = Buffer.alloc(0);

  constructor(memoryBytes: number | undefined) {
    this.#memoryBytes = memoryBytes;
  }

  sink(size: number): TarFileSink {
    // Not from the pool: a small file that is kept would hold a whole slab.
    if (this.#memoryBytes === undefined) return new MemorySink(Buffer.allocUnsafeSlow(size));
    if (size > this.#memoryBytes) return new DiskSink(size);
    if (size > this.#memory.length) this.#memory = Buffer.allocUnsafeSlow(steppedSize(size));
    return new MemorySink(this.#memory.subarray(0, size));
  }
}

/** In steps, so that ever larger files do not leave as many buffers behind. */
function steppedSize(size: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(size, MEMORY_BYTES_MIN)));
}

const MEMORY_BYTES_MIN = 64 * 1024;

class MemorySink implements TarFileSink {
  readonly #bytes: Buffer;
  #filled = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  write(chunk: Buffer): void {
    this.#filled += chunk.copy(this.#bytes, this.#filled);
  }

  finish(): TarFile {
    const bytes = this.#bytes;
    return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
  }

  close(): void {}
}

/**
 * The file has no name from the moment it is made, so that nothing is left behind however the process ends. Writing is
 * synchronous, as the walk of a tar is; it goes to the page cache. A disk that is full costs this file, not the layer.
 */
class DiskSink implements TarFileSink {
  readonly #size: number;
  #descriptor: number | undefined;

  constructor(size: number) {
    this.#size = size;
    try {
      const path = join(tmpdir(), `clair-file-${randomUUID()}`);
      this.#descriptor = openSync(path, 'wx+', 0o600);
      unlinkSync(path);
    } catch {
      this.close();
    }
  }

  write(chunk: Buffer): void {
    if (this.#descriptor === undefined) return;
    try {
      for (let at = 0; at < chunk.length; ) at += writeSync(this.#descriptor, chunk, at);
    } catch {
      this.close();
    }
  }

  finish(): TarFile | undefined {
    const descriptor = this.#descriptor;
    if (descriptor === undefined) return undefined;
    const size = this.#size;
    return {
      size,
      read(offset, length) {
        const bytes = Buffer.allocUnsafeSlow(Math.max(0, Math.min(length, size - offset)));
        let filled = 0;
        while (filled < bytes.length) {
          const step = readSync(descriptor, bytes, filled, bytes.length - filled, offset + filled);
          if (step === 0) break;
          filled += step;
        }
        return bytes.subarray(0, filled);
      },
    };
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}
