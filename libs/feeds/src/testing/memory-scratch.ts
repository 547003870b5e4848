import type { Scratch } from '../scratch.ts';

/** A {@link Scratch} that can be looked at. */
export function memoryScratch(): Scratch & { readonly length: number } {
  let whole: Uint8Array = new Uint8Array(0);
  return {
    get length() {
      return whole.length;
    },
    append(bytes) {
      const position = whole.length;
      whole = Buffer.concat([whole, bytes]);
      return position;
    },
    read(position, into) {
      if (position + into.length > whole.length) throw new RangeError('there is nothing');
      into.set(whole.subarray(position, position + into.length));
    },
  };
}
