import { err, ok, type Result } from '@clair/model';
import { Inflate, Unzlib } from 'fflate';

export interface InflateOptions {
  /** `deflate`: without a header, as zip has it. */
  readonly format: 'deflate' | 'zlib';
  /** More is not inflated. */
  readonly bytesMax: number;
}

/** Compressed bytes given at once: what comes of them is at most the thousandfold, and is looked at before the next. */
const PIECE_BYTES = 16 * 1024;

/** The inflated bytes; `malformed` also where they are cut short. */
export function inflated(bytes: Uint8Array, options: InflateOptions): Result<Uint8Array, 'malformed' | 'too-large'> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  const take = (piece: Uint8Array): void => {
    size += piece.length;
    if (size <= options.bytesMax) pieces.push(piece);
  };
  const stream = options.format === 'zlib' ? new Unzlib(take) : new Inflate(take);
  try {
    for (let at = 0; at < bytes.length && size <= options.bytesMax; at += PIECE_BYTES) {
      stream.push(bytes.subarray(at, at + PIECE_BYTES), at + PIECE_BYTES >= bytes.length);
    }
  } catch {
    // The library throws for data, and says no more than a number.
    return err('malformed');
  }
  if (size > options.bytesMax) return err('too-large');
  return bytes.length === 0 ? err('malformed') : ok(joined(pieces, size));
}

function joined(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
