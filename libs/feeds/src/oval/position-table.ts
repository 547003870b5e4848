const SLOTS_AT_FIRST = 1 << 10;
const FULL = 0.75;
const FREE = 0xffffffff;

/**
 * A hash table of positions (32 bits, below 2^32 - 1) of things that lie elsewhere: eight bytes a slot, where a `Map` takes five times that
 * and ends at 2^24 entries. The hashes are kept so that what lies elsewhere is only looked at when it is nearly certain to be meant.
 */
export class PositionTable {
  /** Two numbers for each slot: the hash, and the position or {@link FREE}. */
  #slots = new Uint32Array(SLOTS_AT_FIRST * 2).fill(FREE);
  #count = 0;

  /** `hash`: 32 bits. */
  find(hash: number, isIt: (position: number) => boolean): number | undefined {
    const slots = this.#slots;
    const mask = slots.length / 2 - 1;
    for (let slot = spread(hash) & mask; ; slot = (slot + 1) & mask) {
      const position = slots[slot * 2 + 1] ?? FREE;
      if (position === FREE) return undefined;
      if (slots[slot * 2] === hash && isIt(position)) return position;
    }
  }

  /** The caller has looked that it is not there. */
  add(hash: number, position: number): void {
    if (++this.#count > (this.#slots.length / 2) * FULL) this.#grow();
    this.#place(hash, position);
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2).fill(FREE);
    for (let at = 0; at < old.length; at += 2) {
      const position = old[at + 1] ?? FREE;
      if (position !== FREE) this.#place(old[at] ?? 0, position);
    }
  }

  #place(hash: number, position: number): void {
    const mask = this.#slots.length / 2 - 1;
    let slot = spread(hash) & mask;
    while (this.#slots[slot * 2 + 1] !== FREE) slot = (slot + 1) & mask;
    this.#slots[slot * 2] = hash;
    this.#slots[slot * 2 + 1] = position;
  }
}

/** Brings the high bits down, which a power of two for the number of slots would otherwise ignore. */
function spread(hash: number): number {
  return Math.imul(hash ^ (hash >>> 16), 0x45d9f3b) >>> 0;
}
