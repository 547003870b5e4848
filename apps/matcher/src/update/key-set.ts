import { hash } from 'node:crypto';

const SLOTS_AT_FIRST = 1 << 10;
const FULL = 0.75;
const WORDS = 4;

/**
 * Texts told apart by half a sha256, as contents are: 16 bytes a slot however long the texts, where a `Set` of a million keys takes a
 * hundred MiB and more of the JavaScript heap.
 */
export class KeySet {
  /** Four words for each slot. All zero: free. */
  #slots = new Uint32Array(SLOTS_AT_FIRST * WORDS);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(key: string): boolean {
    const digest = digestOf(key);
    return !isFree(this.#slots, slotFor(this.#slots, digest));
  }

  /** Whether it was not there before. */
  add(key: string): boolean {
    const digest = digestOf(key);
    const at = slotFor(this.#slots, digest);
    if (!isFree(this.#slots, at)) return false;
    this.#slots.set(digest, at);
    if (++this.#size > (this.#slots.length / WORDS) * FULL) this.#grow();
    return true;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    for (let at = 0; at < old.length; at += WORDS) {
      if (isFree(old, at)) continue;
      const digest = old.subarray(at, at + WORDS);
      this.#slots.set(digest, slotFor(this.#slots, digest));
    }
  }
}

function digestOf(key: string): Uint32Array {
  const bytes = hash('sha256', key, 'buffer');
  return Uint32Array.from({ length: WORDS }, (_, word) => bytes.readUInt32LE(word * 4));
}

/** Where the digest is, or the free slot where it belongs. */
function slotFor(slots: Uint32Array, digest: Uint32Array): number {
  const mask = slots.length / WORDS - 1;
  for (let slot = (digest[0] ?? 0) & mask; ; slot = (slot + 1) & mask) {
    const at = slot * WORDS;
    if (isFree(slots, at) || isAt(slots, at, digest)) return at;
  }
}

function isFree(slots: Uint32Array, at: number): boolean {
  return slots[at] === 0 && slots[at + 1] === 0 && slots[at + 2] === 0 && slots[at + 3] === 0;
}

function isAt(slots: Uint32Array, at: number, digest: Uint32Array): boolean {
  return (
    slots[at] === digest[0] && slots[at + 1] === digest[1] && slots[at + 2] === digest[2] && slots[at + 3] === digest[3]
  );
}
