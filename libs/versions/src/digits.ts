import { compareText } from '@clair/model';

const ZERO = 0x30;
const NINE = 0x39;

/** Whether `text` has an ASCII digit at `at`; false beyond its end. */
export function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= ZERO && code <= NINE;
}

/** The first position from `at` on that is not a `0`. */
export function skipZeros(text: string, at: number): number {
  let i = at;
  while (text.charCodeAt(i) === ZERO) i++;
  return i;
}

/** Compares two runs of ASCII digits as numbers, whatever their length; an empty run is zero. */
export function compareDigits(a: string, b: string): number {
  const x = a.slice(skipZeros(a, 0));
  const y = b.slice(skipZeros(b, 0));
  return x.length - y.length || compareText(x, y);
}
