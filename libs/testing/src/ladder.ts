import assert from 'node:assert/strict';

/**
 * Throws unless `compare` orders every pair as `rungs` do: rungs ascend, and everything on one rung is equal.
 * All ordered pairs are compared, both ways round, so a comparison that is not an order does not pass.
 */
export function assertLadder<T>(compare: (a: T, b: T) => number, rungs: readonly (readonly T[])[]): void {
  for (const [i, left] of rungs.entries()) {
    for (const [j, right] of rungs.entries()) {
      for (const a of left) {
        for (const b of right) assert.equal(Math.sign(compare(a, b)), Math.sign(i - j), `${show(a)} <=> ${show(b)}`);
      }
    }
  }
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
}
