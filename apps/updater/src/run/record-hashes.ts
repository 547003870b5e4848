import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/** What was sent of a document: the key of every record, and a hash of the message that it became. */
export type RecordHashes = ReadonlyMap<string, string>;

/**
 * Of a document of more records nothing is remembered, and it is always sent whole: 100,000 take some 10 MB while they are compared,
 * and 1.5 MB in the database. Debian's tracker has some 40,000; of a larger one (EPSS) most records change anyway.
 */
export const REMEMBERED_RECORDS_MAX = 100_000;
/** Keys are below 1 kB, see the matcher's limit. */
const INFLATED_BYTES_MAX = REMEMBERED_RECORDS_MAX * 1_100;

/** As it is stored. */
export function encodeRecordHashes(hashes: RecordHashes): Uint8Array {
  return zstdCompressSync(JSON.stringify([...hashes]));
}

/** `undefined` when the bytes are none of {@link encodeRecordHashes}: then the document is sent whole. */
export function decodeRecordHashes(bytes: Uint8Array): RecordHashes | undefined {
  try {
    const pairs: unknown = JSON.parse(zstdDecompressSync(bytes, { maxOutputLength: INFLATED_BYTES_MAX }).toString());
    return Array.isArray(pairs) && pairs.every(isPair) ? new Map(pairs) : undefined;
  } catch {
    return undefined;
  }
}

function isPair(value: unknown): value is [string, string] {
  return Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'string';
}
