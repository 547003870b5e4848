const MODULUS = 65_521;
/** So many bytes can be added before a sum exceeds 32 bits. @see https://www.rfc-editor.org/rfc/rfc1950#section-9 */
const RUN_BYTES = 5552;

/** The Adler-32 checksum, unsigned. */
export function adler32(bytes: Uint8Array): number {
  let low = 1;
  let high = 0;
  for (let from = 0; from < bytes.length; from += RUN_BYTES) {
    const end = Math.min(from + RUN_BYTES, bytes.length);
    for (let i = from; i < end; i += 1) {
      low += bytes[i] ?? 0;
      high += low;
    }
    low %= MODULUS;
    high %= MODULUS;
  }
  return high * 65_536 + low;
}
