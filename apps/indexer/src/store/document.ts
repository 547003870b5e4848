import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** A JSON value as the zstd-compressed bytes that a document column holds. */
export async function encodeDocument(value: unknown): Promise<Uint8Array> {
  return compress(Buffer.from(JSON.stringify(value)));
}

/** The value of a document column. Only what {@link encodeDocument} wrote is ever given to it. */
export async function decodeDocument<T>(bytes: Uint8Array): Promise<T> {
  const text = (await decompress(bytes)).toString('utf8');
  return JSON.parse(text) as T; // Safety: the column is written by encodeDocument with a T, by this version or a migration.
}
