import { MalformedDocument } from '@clair/feeds';
import { BitInput } from './bit-input.ts';
import { Bzip2Block } from './bzip2-block.ts';
import { Turns } from './turns.ts';

const LEVEL_BYTES = 100_000;
/** A block of 900,000 symbols, each with the longest code, and its tables: no block is larger. */
const BLOCK_INPUT_BYTES = 2_400_000;
const BLOCK_MAGIC = [0x314159, 0x265359] as const;
const END_MAGIC = [0x177245, 0x385090] as const;

/**
 * Inflates bzip2, all streams of a file that is several in a row (as `pbzip2` writes), checksums verified. Holds one block
 * (8 MB) and hands its bytes out in pieces, so that a block which repeats itself needs no more; gives the process turns in between,
 * without which the documents of Ubuntu held up everything else for 1.4 s at a time. Our own, because the packages
 * there are hold whole blocks as lists of numbers, and inflate all that they were given before anything else may run. Throws
 * {@link MalformedDocument} for data that is cut or damaged.
 * @see https://sourceware.org/bzip2/ and the informal format description https://github.com/dsnet/compress (doc/bzip2-format.pdf)
 */
export async function* bunzip2(source: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const input = new BitInput(source);
  await input.fill(BLOCK_INPUT_BYTES);
  do {
    yield* inflateStream(input);
    await input.fill(BLOCK_INPUT_BYTES);
  } while (!input.isAtEnd);
}

async function* inflateStream(input: BitInput): AsyncGenerator<Uint8Array> {
  const level = readStreamHeader(input);
  const block = new Bzip2Block(level * LEVEL_BYTES);
  const turns = new Turns();
  let streamChecksum = 0;
  for (;;) {
    await input.fill(BLOCK_INPUT_BYTES);
    const magic = [input.read(24), input.read(24)];
    const checksum = input.readWord();
    input.requireWithin();
    if (isSame(magic, END_MAGIC)) {
      if (checksum !== streamChecksum)
        throw new MalformedDocument('the bzip2 data is damaged: wrong checksum of a stream');
      input.alignToByte();
      return;
    }
    if (!isSame(magic, BLOCK_MAGIC))
      throw new MalformedDocument('the bzip2 data is damaged: no block where one should be');
    block.read(input);
    input.requireWithin();
    for (const piece of block.pieces()) {
      yield piece;
      await turns.give();
    }
    if (block.checksum !== checksum)
      throw new MalformedDocument('the bzip2 data is damaged: wrong checksum of a block');
    streamChecksum = (((streamChecksum << 1) | (streamChecksum >>> 31)) ^ checksum) >>> 0;
  }
}

function readStreamHeader(input: BitInput): number {
  const magic = input.read(24);
  const level = input.read(8) - 0x30;
  input.requireWithin();
  if (magic !== 0x425a68 || level < 1 || level > 9) {
    throw new MalformedDocument('the bzip2 data is damaged: something else follows a stream');
  }
  return level;
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a[0] === b[0] && a[1] === b[1];
}
