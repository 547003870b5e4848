import type { Scratch } from '../scratch.ts';
import { TextStore } from './text-store.ts';

const BYTES_MAX = 1_000_000_000;
const RESIDENT_BYTES = 8 * 1024 * 1024;

/** Texts, each told from every other, in little more than their bytes; a `Set` of them takes three times that and keeps what they were cut out of. */
export class TextSet {
  readonly #texts: TextStore;

  constructor(scratch?: Scratch) {
    this.#texts = new TextStore(
      { bytesMax: BYTES_MAX, scratch, residentBytesMax: RESIDENT_BYTES },
      Number.POSITIVE_INFINITY,
    );
  }

  has(text: string): boolean {
    return this.#texts.find(text) !== undefined;
  }

  add(text: string): void {
    this.#texts.put(text);
  }
}
