const SLOTS_AT_FIRST = 1 << 12;
const FREE = 0xffffffff;

/**
 * A hash table of positions (32 bits, below 2^32 - 1) of things that lie elsewhere: four bytes a slot, where a `Map` takes ten times that
 * and ends at 2^24 entries.
 */
export class PositionTable {
  readonly #hashOf: (position: number) => number;
  #slots = new Uint32Array(SLOTS_AT_FIRST).fill(FREE);
  #count = 0;

  constructor(hashOf: (position: number) => number) {
    this.#hashOf = hashOf;
  }

  find(hash: number, isIt: (position: number) => boolean): number | undefined {
    const mask = this.#slots.length - 1;
    for (let slot = spread(hash) & mask; ; slot = (slot + 1) & mask) {
      const position = this.#slots[slot] ?? FREE;
      if (position === FREE) return undefined;
      if (isIt(position)) return position;
    }
  }

  /** The caller has looked that it is not there. */
  add(position: number): void {
    if (++this.#count > this.#slots.length * 0.6) this.#grow();
    this.#place(position);
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2).fill(FREE);
    for (const position of old) if (position !== FREE) this.#place(position);
  }

  #place(position: number): void {
    const mask = this.#slots.length - 1;
    let slot = spread(this.#hashOf(position)) & mask;
    while (this.#slots[slot] !== FREE) slot = (slot + 1) & mask;
    this.#slots[slot] = position;
  }
}

/** Brings the high bits down, which a power of two for the number of slots would otherwise ignore. */
function spread(hash: number): number {
  return Math.imul(hash ^ (hash >>> 16), 0x45d9f3b) >>> 0;
}
