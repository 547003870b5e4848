import { constants, createGunzip, createZstdDecompress } from 'node:zlib';
import type { Compression } from './compression.ts';
import { ZstdFrames } from './zstd-frames.ts';

/** Measured on a 121 MB layer: 64 KiB takes a quarter more time, 1 MiB none less to speak of. */
const OUTPUT_PIECE_BYTES = 256 * 1024;

export interface InflateFailure {
  readonly kind: 'truncated' | 'not-a-tar' | 'limit';
  readonly message: string;
}

/** Turns the bytes of a blob into those of its tar, handing them out as they come. */
export interface Inflater {
  /** Takes a piece; resolves when the next may come. The piece must not be changed afterwards. */
  write(chunk: Buffer): Promise<InflateFailure | undefined>;
  /** Resolves when everything was handed out. */
  end(): Promise<InflateFailure | undefined>;
  /** Compressed bytes used up so far, for the ratio. */
  readonly consumedBytes: number;
  close(): void;
}

/** `onData` must not throw. gzip is read over all members, zstd over all frames. */
export function createInflater(compression: Compression, onData: (bytes: Buffer) => void): Inflater {
  switch (compression) {
    case 'none':
      return new PlainInflater(onData);
    case 'gzip':
      return new EngineInflater(createGunzip({ chunkSize: OUTPUT_PIECE_BYTES }), 'gzip', onData);
    case 'zstd':
      return new ZstdInflater(onData);
  }
}

class PlainInflater implements Inflater {
  readonly #onData: (bytes: Buffer) => void;
  consumedBytes = 0;

  constructor(onData: (bytes: Buffer) => void) {
    this.#onData = onData;
  }

  async write(chunk: Buffer): Promise<undefined> {
    this.consumedBytes += chunk.length;
    this.#onData(chunk);
  }

  async end(): Promise<undefined> {}

  close(): void {}
}

type Engine = ReturnType<typeof createGunzip> | ReturnType<typeof createZstdDecompress>;

class EngineInflater implements Inflater {
  readonly #engine: Engine;
  readonly #format: string;
  #failure: InflateFailure | undefined;
  #isDone = false;
  #wake: (() => void) | undefined;
  #mustDrain = false;

  constructor(engine: Engine, format: string, onData: (bytes: Buffer) => void) {
    this.#engine = engine;
    this.#format = format;
    engine.on('data', onData);
    engine.on('drain', () => {
      this.#mustDrain = false;
      this.#wake?.();
    });
    // Also comes when zeros follow the last gzip member, which is common padding; the write under way then never drains.
    engine.on('end', () => this.#finish(undefined));
    engine.on('error', (error: NodeJS.ErrnoException) => this.#finish(failureOf(error, this.#format)));
  }

  get consumedBytes(): number {
    return this.#engine.bytesWritten;
  }

  /** Waits for the piece before this one, so that the caller can fetch and hash the next while this one is inflated. */
  async write(chunk: Buffer): Promise<InflateFailure | undefined> {
    while (this.#mustDrain && !this.#isDone) await this.#nextEvent();
    if (!this.#isDone) this.#mustDrain = !this.#engine.write(chunk);
    return this.#failure;
  }

  async end(): Promise<InflateFailure | undefined> {
    if (!this.#isDone) this.#engine.end();
    while (!this.#isDone) await this.#nextEvent();
    return this.#failure;
  }

  close(): void {
    this.#finish(undefined);
    this.#engine.destroy();
  }

  #nextEvent(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #finish(failure: InflateFailure | undefined): void {
    if (!this.#isDone) this.#failure = failure;
    this.#isDone = true;
    this.#wake?.();
  }
}

/** Writes never cross the end of a frame: Node's decompressor would drop what follows it. */
class ZstdInflater implements Inflater {
  readonly #frames = new ZstdFrames();
  readonly #engine: EngineInflater;

  constructor(onData: (bytes: Buffer) => void) {
    // A window of 128 MiB is what the strongest level of the reference tool makes; memory is bounded by it.
    const engine = createZstdDecompress({
      chunkSize: OUTPUT_PIECE_BYTES,
      params: { [constants.ZSTD_d_windowLogMax]: 27 },
    });
    this.#engine = new EngineInflater(engine, 'zstd', onData);
  }

  get consumedBytes(): number {
    return this.#engine.consumedBytes;
  }

  async write(chunk: Buffer): Promise<InflateFailure | undefined> {
    const pieces = this.#frames.push(chunk);
    if (pieces === undefined)
      return { kind: 'not-a-tar', message: 'the zstd data is damaged: something else follows a frame' };
    for (const piece of pieces) {
      const failure = await this.#engine.write(piece);
      if (failure !== undefined) return failure;
    }
    return undefined;
  }

  async end(): Promise<InflateFailure | undefined> {
    const failure = await this.#engine.end();
    if (failure !== undefined || this.#frames.betweenFrames) return failure;
    return { kind: 'truncated', message: 'the zstd data ends in the middle' };
  }

  close(): void {
    this.#engine.close();
  }
}

function failureOf(error: NodeJS.ErrnoException, format: string): InflateFailure {
  if (error.code === 'Z_BUF_ERROR') return { kind: 'truncated', message: `the ${format} data ends in the middle` };
  if (error.code === 'ZSTD_error_frameParameter_windowTooLarge') {
    return {
      kind: 'limit',
      message: 'the zstd data needs a window of more than 128 MiB; compress the layer with a smaller one',
    };
  }
  return { kind: 'not-a-tar', message: `the ${format} data is damaged: ${error.message}` };
}
