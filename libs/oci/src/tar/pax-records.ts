import { err, ok, type Result } from '@clair/model';
import { decodeName } from './tar-text.ts';

const SPACE = 0x20;
const NEWLINE = 0x0a;

/**
 * The records `LENGTH KEY=VALUE\n` of a PAX extended header, in order; a later one of the same key wins.
 * The error says what is malformed. @see POSIX.1-2017, pax, "pax Extended Header"
 */
export function readPaxRecords(bytes: Buffer): Result<Map<string, string>, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.length; ) {
    // Some writers pad the header with NULs; nothing follows them.
    if (bytes[at] === 0) break;
    const space = bytes.indexOf(SPACE, at);
    const length = space < 0 ? Number.NaN : readLength(bytes, at, space);
    const end = at + length;
    if (!(end > space + 1 && end <= bytes.length)) return err('malformed length of an extended header record');
    if (bytes[end - 1] !== NEWLINE) return err('extended header record without its newline');
    const equals = bytes.indexOf(0x3d, space + 1);
    if (equals < 0 || equals >= end || equals === space + 1) return err('extended header record without a key');
    records.set(decodeName(bytes.subarray(space + 1, equals)), decodeName(bytes.subarray(equals + 1, end - 1)));
    at = end;
  }
  return ok(records);
}

function readLength(bytes: Buffer, start: number, end: number): number {
  // 9 digits are more than any header that is let in.
  if (end === start || end - start > 9) return Number.NaN;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** The decimal `size` of a record; `undefined` when it is no number that a tar can hold. */
export function readPaxSize(text: string): number | undefined {
  if (!/^[0-9]{1,16}$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}
