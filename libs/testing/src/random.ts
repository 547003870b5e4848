import assert from 'node:assert/strict';

/** A sequence that looks random and depends on its seed only. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number of `min` to `max`, both included. */
  int(min: number, max: number): number;
  pick<T>(values: readonly T[]): T;
  /** `length` characters, each one of `alphabet`. */
  text(alphabet: string, length: number): string;
  /** `values` in another order. */
  shuffle<T>(values: readonly T[]): T[];
  bytes(length: number): Uint8Array;
}

/** The same `seed` gives the same sequence on every machine. @see https://github.com/bryc/code/blob/master/jshash/PRNGs.md mulberry32 */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  const pick = <T>(values: readonly T[]): T => {
    assert.ok(values.length > 0, 'pick needs values');
    return values[int(0, values.length - 1)] as T; // Safety: the index is within the array.
  };
  return {
    next,
    int,
    pick,
    text: (alphabet, length) => Array.from({ length }, () => pick([...alphabet])).join(''),
    shuffle: (values) => shuffled(values, int),
    bytes: (length) => Uint8Array.from({ length }, () => int(0, 255)),
  };
}

function shuffled<T>(values: readonly T[], int: (min: number, max: number) => number): T[] {
  const rest = [...values];
  const result: T[] = [];
  while (rest.length > 0) result.push(...rest.splice(int(0, rest.length - 1), 1));
  return result;
}
