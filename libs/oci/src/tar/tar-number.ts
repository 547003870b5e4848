const SPACE = 0x20;

/**
 * The value of a numeric header field: octal text, or GNU's base-256 when the top bit is set.
 * `undefined` for anything else, for negative numbers and for those above 2^53 − 1. An empty field is 0.
 */
export function readTarNumber(block: Uint8Array, start: number, length: number): number | undefined {
  const first = block[start] ?? 0;
  if ((first & 0x80) !== 0) return readBase256(block, start, length);
  let at = start;
  const end = start + length;
  while (at < end && (block[at] === SPACE || block[at] === 0)) at++;
  let value = 0;
  for (; at < end; at++) {
    const byte = block[at] ?? 0;
    if (byte === 0 || byte === SPACE) break;
    if (byte < 0x30 || byte > 0x37) return undefined;
    value = value * 8 + (byte - 0x30);
  }
  return Number.isSafeInteger(value) ? value : undefined;
}

function readBase256(block: Uint8Array, start: number, length: number): number | undefined {
  const first = block[start] ?? 0;
  // 0x40 is the sign: a negative size is nothing that a reader could act on.
  if ((first & 0x40) !== 0) return undefined;
  let value = first & 0x3f;
  for (let at = start + 1; at < start + length; at++) {
    value = value * 256 + (block[at] ?? 0);
    if (value > Number.MAX_SAFE_INTEGER) return undefined;
  }
  return value;
}
