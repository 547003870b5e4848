import { Readable, type Transform } from 'node:stream';
import { constants, createGunzip, createZstdDecompress } from 'node:zlib';
import { MalformedDocument } from '@clair/feeds';
import { SNIFF_BYTES, sniffCompression, ZstdFrames } from '@clair/oci';
import { bunzip2 } from './bunzip2.ts';

export interface InflateLimits {
  readonly inflatedBytesMax: number;
  /** Inflated bytes for each compressed one; looked at beyond the first {@link RATIO_FREE_BYTES}. */
  readonly ratioMax: number;
}

const MIB = 1024 * 1024;

/** The largest real documents inflate to some GiB. Texts of one vendor, alike as they are, were seen to inflate 40 times. */
export const DOCUMENT_INFLATE_LIMITS: InflateLimits = { inflatedBytesMax: 32 * 1024 * MIB, ratioMax: 500 };
/** A small document may be of any ratio: it is harmless. */
export const RATIO_FREE_BYTES = 64 * MIB;

const PIECE_BYTES = 256 * 1024;
/** What the strongest level of the reference tool makes; the decompressor's memory is bounded by it. */
const ZSTD_WINDOW_LOG_MAX = 27;

/**
 * The document without its compression, which is recognised by its first bytes: gzip, bzip2 and zstd, several members,
 * streams or frames in a row included. Anything else comes as it is. Throws {@link MalformedDocument} for what is cut,
 * damaged, a bomb, or compressed in a way that is not supported; rejects as the source does.
 */
export async function* inflate(
  document: AsyncIterable<Uint8Array>,
  limits: InflateLimits = DOCUMENT_INFLATE_LIMITS,
): AsyncGenerator<Uint8Array> {
  const source = new CountedSource(document);
  try {
    const compression = sniffBzip2(await source.head(SNIFF_BYTES));
    if (typeof compression === 'object') {
      throw new MalformedDocument(`it is compressed with ${compression.unsupported}, which is not supported`);
    }
    if (compression === 'none') {
      yield* source;
      return;
    }
    let inflatedBytes = 0;
    for await (const piece of INFLATERS[compression](source)) {
      inflatedBytes += piece.length;
      const problem = bombProblem(inflatedBytes, source.bytes, limits);
      if (problem !== undefined) throw new MalformedDocument(problem);
      yield piece;
    }
  } finally {
    await source.return();
  }
}

/** Which limit is passed by what was inflated so far; `undefined` when none is. */
export function bombProblem(inflatedBytes: number, compressedBytes: number, limits: InflateLimits): string | undefined {
  if (inflatedBytes > limits.inflatedBytesMax) return `it inflates to more than ${limits.inflatedBytesMax} bytes`;
  const isBomb = inflatedBytes > RATIO_FREE_BYTES && inflatedBytes > compressedBytes * limits.ratioMax;
  return isBomb ? `it inflates more than ${limits.ratioMax} times: a decompression bomb` : undefined;
}

function sniffBzip2(head: Uint8Array): ReturnType<typeof sniffCompression> | 'bzip2' {
  const found = sniffCompression(head);
  return typeof found === 'object' && found.unsupported === 'bzip2' ? 'bzip2' : found;
}

const INFLATERS = {
  gzip: (source: CountedSource) => through(source, createGunzip({ chunkSize: PIECE_BYTES }), 'gzip'),
  bzip2: (source: CountedSource) => bunzip2(source),
  zstd: unzstd,
} as const;

/** Writes never cross the end of a frame: Node's decompressor would drop what follows it. */
async function* unzstd(source: CountedSource): AsyncGenerator<Uint8Array> {
  const frames = new ZstdFrames();
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      const cut = frames.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
      if (cut === undefined) throw new MalformedDocument('the zstd data is damaged: something else follows a frame');
      yield* cut;
    }
  };
  const params = { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG_MAX };
  yield* through(pieces(), createZstdDecompress({ chunkSize: PIECE_BYTES, params }), 'zstd');
  if (!frames.betweenFrames) throw new MalformedDocument('the zstd data ends in the middle');
}

async function* through(
  source: AsyncIterable<Uint8Array>,
  engine: Transform,
  format: string,
): AsyncGenerator<Uint8Array> {
  const input = Readable.from(source, { objectMode: false });
  let sourceError: Error | undefined;
  input.on('error', (error) => {
    sourceError = error;
    engine.destroy(error);
  });
  try {
    yield* input.pipe(engine);
  } catch (error) {
    if (error === sourceError) throw error;
    throw new MalformedDocument(`the ${format} data ${describe(error)}`);
  } finally {
    input.destroy();
    engine.destroy();
  }
}

function describe(error: unknown): string {
  const { code, message } = error instanceof Error ? { code: undefined, ...error, message: error.message } : NO_ERROR;
  if (code === 'Z_BUF_ERROR') return 'ends in the middle';
  if (code === 'ZSTD_error_frameParameter_windowTooLarge') return 'needs a window of more than 128 MiB';
  return `is damaged: ${message}`;
}

const NO_ERROR = { code: undefined, message: 'unknown error' };

/** The chunks of a document, counted, of which the first may be looked at before. */
class CountedSource implements AsyncIterableIterator<Uint8Array> {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #head: Uint8Array | undefined;
  bytes = 0;

  constructor(document: AsyncIterable<Uint8Array>) {
    this.#chunks = document[Symbol.asyncIterator]();
  }

  /** At least so many bytes, or the whole document; they come again. */
  async head(bytes: number): Promise<Uint8Array> {
    let head = Buffer.alloc(0);
    while (head.length < bytes) {
      const next = await this.#chunks.next();
      if (next.done === true) break;
      head = Buffer.concat([head, next.value]);
    }
    this.#head = head;
    return head.subarray(0, bytes);
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const head = this.#head;
    this.#head = undefined;
    const next = head === undefined || head.length === 0 ? await this.#chunks.next() : { done: false, value: head };
    if (next.done === true) return { done: true, value: undefined };
    this.bytes += next.value.length;
    return { done: false, value: next.value };
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    await this.#chunks.return?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
