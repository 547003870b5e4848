import { isUtf8 } from 'node:buffer';

/**
 * The text of `bytes` up to the first NUL. What is not UTF-8 is kept as `\xNN` for each byte that does not belong, so that two
 * different names stay different.
 */
export function readTarText(bytes: Buffer, start: number, length: number): string {
  const limit = start + length;
  let end = start;
  let seen = 0;
  for (; end < limit; end++) {
    const byte = bytes[end] ?? 0;
    if (byte === 0) break;
    seen |= byte;
  }
  if (seen < 0x80) return bytes.toString('latin1', start, end);
  return decodeName(bytes.subarray(start, end));
}

/** Like {@link readTarText} for a whole buffer, NULs included. */
export function decodeName(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8', 0, bytes.length);
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    if (length === 0) {
      text += `\\x${(bytes[at] ?? 0).toString(16).padStart(2, '0')}`;
      at += 1;
    } else {
      text += bytes.toString('utf8', at, at + length);
      at += length;
    }
  }
  return text;
}

/** Length of the valid UTF-8 sequence at `at`; 0 when there is none. */
function sequenceLength(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length)) ? length : 0;
}
